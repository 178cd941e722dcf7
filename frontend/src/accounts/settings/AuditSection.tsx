import { DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AuditEntry } from '../../api/types';
import { DataTable, type Column } from '../../ui/DataTable';
import { bytes, count } from '../../ui/format';
import { Instant, Text } from '../../ui/Numbers';
import { useCan, useSession } from '../../ui/session';
import { ErrorState } from '../../ui/States';
import { numberParam, useUrl } from '../../ui/url';
import { useAudit, useAuditActions, useRoles, useUsers } from './api';
import { detailLines, say, subjectOf, subjectUrl } from './auditDetail';

const PAGE_SIZE = 50;
const PAUSE_MS = 300;

/** Who did what to what, from where. Filters stand in the address. */
export function AuditSection() {
  const { t } = useTranslation();
  const can = useCan();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const size = numberParam(params, 'size', PAGE_SIZE);
  const text = (key: string) => params.get(key) ?? undefined;
  const filter = { actor: text('actor'), action: text('action'), q: text('q'), start: text('start'), end: text('end') };
  const entries = useAudit({ page, size, ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) });
  const actions = useAuditActions();
  const users = useUsers(can('users.manage'));
  const filtered = Object.values(filter).some(Boolean);

  const columns: Column<AuditEntry>[] = [
    { key: 'at', title: t('settings.audit.at'), always: true, render: (entry) => <Instant value={entry.at} /> },
    { key: 'actor', title: t('settings.audit.actor'), render: (entry) => (entry.actor ? entry.actor_name : <span className="ht-muted">{entry.actor_name === 'system' ? t('settings.audit.system') : entry.actor_name === 'anonymous' ? t('settings.audit.anonymous') : entry.actor_name}</span>) },
    { key: 'action', title: t('settings.audit.action'), render: (entry) => entry.action_label },
    { key: 'subject', title: t('settings.audit.subject'), render: (entry) => <Subject subject={entry.subject} /> },
    { key: 'detail', title: t('settings.audit.detail'), render: (entry) => <DetailBrief entry={entry} /> },
    { key: 'ip', title: t('settings.audit.ip'), render: (entry) => <span className="ht-num"><Text value={entry.ip} /></span> },
  ];
  return (
    <>
      <div className="ht-set-filters" role="search">
        <SearchText value={filter.q ?? ''} onChange={(q) => set({ q })} />
        {users.data && (
          <Select
            allowClear
            aria-label={t('settings.audit.actor')}
            placeholder={t('settings.audit.anyone')}
            popupMatchSelectWidth={false}
            showSearch={{ optionFilterProp: 'label' }}
            value={filter.actor}
            onChange={(actor: string | undefined) => set({ actor })}
            options={users.data.map((user) => ({ value: `user:${user.id}`, label: user.display_name ? `${user.display_name}（${user.username}）` : user.username }))}
          />
        )}
        <Select
          allowClear
          aria-label={t('settings.audit.action')}
          placeholder={t('settings.audit.anything')}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: 'label' }}
          value={filter.action}
          onChange={(action: string | undefined) => set({ action })}
          options={actions.data?.map((action) => ({ value: action.code, label: action.label }))}
        />
        <DatePicker.RangePicker
          aria-label={t('settings.audit.period')}
          allowEmpty={[true, true]}
          value={[filter.start ? dayjs(filter.start) : null, filter.end ? dayjs(filter.end) : null]}
          onChange={(range) => set({ start: range?.[0]?.format('YYYY-MM-DD'), end: range?.[1]?.format('YYYY-MM-DD') })}
        />
      </div>
      {entries.isError && !entries.data ? (
        <ErrorState error={entries.error} busy={entries.isFetching} onRetry={() => void entries.refetch()} />
      ) : (
        <DataTable<AuditEntry>
          label={t('settings.section.audit')}
          columns={columns}
          rows={entries.data?.items}
          rowKey={(entry) => entry.id}
          busy={entries.isPlaceholderData}
          total={entries.data?.total}
          page={page}
          size={size}
          onPage={(next, nextSize) => set({ page: next, size: nextSize === PAGE_SIZE ? null : nextSize })}
          expand={(entry) => <Detail entry={entry} />}
          empty={<p className="ht-muted ht-pad">{filtered ? t('settings.audit.noneFiltered') : t('settings.audit.none')}</p>}
        />
      )}
    </>
  );
}

/** Asks once the typing pauses. */
function SearchText({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return <Input allowClear value={text} onChange={(event) => setText(event.target.value)} placeholder={t('settings.audit.find')} aria-label={t('settings.audit.find')} />;
}

type SubjectKind = 'user' | 'shop' | 'guide' | 'key' | 'brand' | 'batch' | 'mapping' | 'member' | 'job' | 'suggestion' | 'decision' | 'encryption_key';
const KINDS: readonly string[] = ['user', 'shop', 'guide', 'key', 'brand', 'batch', 'mapping', 'member', 'job', 'suggestion', 'decision', 'encryption_key'];

function Subject({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const { kind, id } = subjectOf(subject);
  const url = subjectUrl(subject);
  const words = KINDS.includes(kind) ? `${t(`settings.audit.kind.${kind as SubjectKind}`)}${id && kind !== 'brand' ? ` ${id}` : ''}` : subject || '–';
  return url ? <Link to={url}>{words}</Link> : <>{words}</>;
}

function useSay(): (key: string, value: unknown) => string {
  const { t, i18n } = useTranslation();
  const { shops } = useSession();
  const can = useCan();
  const roles = useRoles(can('settings.view'));
  const words = {
    yes: t('ui.yes'),
    no: t('ui.no'),
    nothing: '–',
    comma: t('settings.comma'),
    shop: (id: number) => shops.find((shop) => shop.id === id)?.name,
    role: (code: string) => roles.data?.find((role) => role.code === code)?.label,
    term: (word: string) => {
      if (i18n.exists(`settings.audit.term.${word}`)) return t(`settings.audit.term.${word}` as 'settings.audit.term.phone');
      return i18n.exists(`ui.platform.${word}`) ? t(`ui.platform.${word}` as 'ui.platform.pos') : undefined;
    },
    bytes,
    count,
  };
  return (key, value) => say(key, value, words);
}

/** The name of a key of a detail; what has no name stands as it is. */
function useKeyName(): (key: string) => string {
  const { t, i18n } = useTranslation();
  return (key) => (i18n.exists(`settings.audit.key.${key}`) ? t(`settings.audit.key.${key}` as 'settings.audit.key.name') : key);
}

function DetailBrief({ entry }: { entry: AuditEntry }) {
  const tell = useSay();
  const name = useKeyName();
  const lines = detailLines(entry.detail);
  if (lines.length === 0) return <span className="ht-muted">–</span>;
  const text = lines.map((line) => (line.change ? `${name(line.key)} ${tell(line.key, line.change[0])} → ${tell(line.key, line.change[1])}` : `${name(line.key)} ${tell(line.key, line.value)}`)).join(' · ');
  return <span className="ht-set-brief" title={text}>{text}</span>;
}

function Detail({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const tell = useSay();
  const name = useKeyName();
  return (
    <dl className="ht-set-detail">
      {detailLines(entry.detail).map((line) => (
        <div key={line.key}>
          <dt>{name(line.key)}</dt>
          <dd>{line.change ? <><del>{tell(line.key, line.change[0])}</del> <span aria-hidden="true">→</span> <ins>{tell(line.key, line.change[1])}</ins></> : tell(line.key, line.value)}</dd>
        </div>
      ))}
      <div><dt>{t('settings.audit.code')}</dt><dd className="ht-set-mono">{entry.action} · {entry.subject || '–'}</dd></div>
    </dl>
  );
}
