import { ArrowRightOutlined, DownloadOutlined, SaveOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PeopleBody, SHOWN } from '../members/PeopleDrawer';
import type { MemberFilter, RuleJson } from '../ui/people';
import { useCan } from '../ui/session';
import { Loaded, useErrorText } from '../ui/States';
import { useExportPeople, useMayEdit, usePreview, useRuleCount, useSegment, useSegmentMembers, type ExportAsked, type Scoped } from './api';
import { ruleOfFilter } from './fromFilter';
import { SaveDialog } from './SaveDialog';
import type { RuleDocument } from './types';

const SORT = '-last_paid_at';

/** Export in the background, masked as on the screen. */
export function ExportPeople({ of, columns }: { of: Pick<ExportAsked, 'rule' | 'segment'>; columns?: () => string[] }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const can = useCan();
  const say = useErrorText();
  const ask = useExportPeople();
  if (!can('members.export')) return null;
  const go = (format: 'csv' | 'xlsx') =>
    ask.mutate({ ...of, format, ...(columns ? { columns: columns() } : {}) }, { onSuccess: () => void message.success(t('members.export.started')), onError: (error) => void message.error(say(error).message) });
  return (
    <Dropdown trigger={['click']} menu={{ items: (['xlsx', 'csv'] as const).map((format) => ({ key: format, label: t(`members.export.${format}`), onClick: () => go(format) })) }}>
      <Button icon={<DownloadOutlined />} loading={ask.isPending}>{t('members.export.verb')}</Button>
    </Dropdown>
  );
}

/** Keep the people of a rule under a name. */
export function SaveRule({ rule, name }: { rule: RuleDocument; name?: string }) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  if (!useMayEdit()) return null;
  return (
    <>
      <Button icon={<SaveOutlined />} onClick={() => setSaving(true)}>{t('segments.save.verb')}</Button>
      {saving && <SaveDialog rule={rule} name={name} onClose={() => setSaving(false)} />}
    </>
  );
}

/** Take a filter's people into the builder as a rule, with its count, to be kept from there. */
export function SaveFilter({ filter, name, onGo }: { filter: MemberFilter; name: string; onGo: () => void }) {
  const { t } = useTranslation();
  const rule = ruleOfFilter(filter);
  if (!useMayEdit() || !rule) return null;
  return <Link to="/segments/new" state={{ rule, name }} onClick={onGo}><Button icon={<SaveOutlined />}>{t('segments.save.verb')}</Button></Link>;
}

interface InsideProps {
  title: string;
  /** Verbs of later parts. */
  verbs?: ReactNode;
  onGo: () => void;
}

/** The drawer's inside for the people of a rule. */
export function RulePeople({ rule: json, scope, title, verbs, onGo }: InsideProps & { rule: RuleJson; scope: Scoped }) {
  const { t } = useTranslation();
  const rule = json as RuleDocument;
  const members = usePreview(rule, 1, SHOWN, SORT, scope);
  const counted = useRuleCount(rule, scope);
  const edit = useMayEdit();
  return (
    <Loaded query={members} rows={10}>
      {(page) => (
        <PeopleBody
          page={page}
          sentence={counted.data?.sentence ?? '…'}
          edit={edit && <Link to="/segments/new" state={{ rule }} onClick={onGo}>{t('ui.edit')}</Link>}
          onGo={onGo}
          verbs={<><SaveRule rule={rule} name={title} />{verbs}<ExportPeople of={{ rule }} /></>}
        />
      )}
    </Loaded>
  );
}

/** The drawer's inside for the people of a saved segment. */
export function SegmentPeople({ segment, verbs, onGo }: InsideProps & { segment: string }) {
  const { t } = useTranslation();
  const members = useSegmentMembers(segment, 1, SHOWN, SORT);
  const found = useSegment(segment);
  const to = `/segments/${segment}`;
  return (
    <Loaded query={members} rows={10}>
      {(page) => (
        <PeopleBody
          page={page}
          sentence={found.data?.sentence ?? '…'}
          edit={<Link to={to} onClick={onGo}>{found.data?.name}</Link>}
          onGo={onGo}
          verbs={<>{verbs}<ExportPeople of={{ segment }} /><Link to={to} onClick={onGo}><Button icon={<ArrowRightOutlined />}>{t('segments.drawer.open')}</Button></Link></>}
        />
      )}
    </Loaded>
  );
}
