import { App, Button, Input } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useBlocker, useLocation, useNavigate, useParams } from 'react-router';
import { Page } from '../ui/Page';
import { EmptyState, ErrorNote, ErrorState } from '../ui/States';
import { useUrl } from '../ui/url';
import { useCatalogue, useChangeSegment, useSegment } from './api';
import { BuilderSkeleton, RuleBuilder } from './builder/RuleBuilder';
import { useRule } from './builder/useRule';
import { FolderInput, SaveDialog } from './SaveDialog';
import './segments.css';
import type { Catalogue, RuleDocument, SegmentDetail } from './types';

/** A new segment, or the rule of one that there is. `?template=` and the address's state say what it begins with. */
export default function SegmentEdit() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const [params] = useUrl();
  const location = useLocation();
  const catalogue = useCatalogue();
  const segment = useSegment(id);
  const back = <Link to={id ? `/segments/${id}` : '/segments'} className="ht-back">{id ? t('segments.edit.backToOne') : t('segments.page.back')}</Link>;
  const title = id ? t('segments.edit.title', { name: segment.data?.name ?? '…' }) : t('segments.edit.new');
  const failed = catalogue.isError ? catalogue : segment.isError ? segment : null;
  if (failed) return <Page title={title} back={back}><ErrorState error={failed.error} busy={failed.isFetching} onRetry={() => void failed.refetch()} /></Page>;
  if (!catalogue.data || (id && !segment.data)) return <Page title={title} back={back}><BuilderSkeleton /></Page>;
  if (segment.data && segment.data.kind !== 'dynamic') {
    return <Page title={title} back={back}><EmptyState title={t('segments.edit.fixed')} action={<Link to={`/segments/${id}`}><Button>{t('segments.edit.backToOne')}</Button></Link>}>{t('segments.edit.fixedText')}</EmptyState></Page>;
  }
  const template = catalogue.data.templates.find((one) => one.code === params.get('template'));
  const passed = (location.state as { rule?: RuleDocument; name?: string } | null) ?? {};
  const initial = segment.data?.rule ?? passed.rule ?? template?.rule ?? null;
  return <Editor key={`${id}-${location.key}`} title={title} back={back} catalogue={catalogue.data} segment={segment.data ?? null} initial={initial} proposed={passed.name ?? template?.label ?? ''} />;
}

interface EditorProps {
  title: string;
  back: React.ReactNode;
  catalogue: Catalogue;
  segment: SegmentDetail | null;
  initial: RuleDocument | null;
  proposed: string;
}

function Editor({ title, back, catalogue, segment, initial, proposed }: EditorProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const rule = useRule(initial, catalogue);
  const change = useChangeSegment();
  const [naming, setNaming] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [name, setName] = useState(segment?.name ?? '');
  const [folder, setFolder] = useState(segment?.folder ?? '');
  const [description, setDescription] = useState(segment?.description ?? '');
  const scope = useMemo(() => ({}), []);
  const changed = rule.changed || (segment !== null && (name !== segment.name || folder !== segment.folder || description !== segment.description));
  const ready = rule.conditions > 0 && rule.unfinished === 0 && (segment === null || name.trim() !== '');
  useUnsaved(changed && !leaving);

  const go = (id: string) => {
    setLeaving(true);
    // The guard has to hear of it before the address changes.
    setTimeout(() => void navigate(`/segments/${id}`), 0);
  };
  const save = () => {
    if (!segment) return setNaming(true);
    change.mutate(
      { id: segment.id, patch: { name: name.trim(), folder: folder.trim(), description: description.trim(), rule: rule.written.document } },
      {
        onSuccess: () => {
          void message.success(t('ui.saved'));
          go(segment.id);
        },
      },
    );
  };
  const hint = rule.conditions === 0 ? t('segments.edit.needsCondition') : rule.unfinished > 0 ? t('segments.builder.leftUnfinished', { count: rule.unfinished }) : undefined;
  return (
    <Page
      title={title}
      back={back}
      verbs={
        <>
          {segment && <Button disabled={!ready} onClick={() => setNaming(true)}>{t('segments.edit.saveAs')}</Button>}
          <Button type="primary" disabled={!ready} title={hint} loading={change.isPending} onClick={save}>{segment ? t('segments.edit.save') : t('segments.edit.saveNew')}</Button>
        </>
      }
    >
      {segment && (
        <div className="ht-sg-about">
          <label><span>{t('segments.save.name')}</span><Input value={name} maxLength={80} status={name.trim() ? undefined : 'error'} onChange={(event) => setName(event.target.value)} /></label>
          <label><span>{t('segments.save.folder')}</span><FolderInput value={folder} onChange={setFolder} /></label>
          <label><span>{t('segments.save.description')}</span><Input value={description} maxLength={500} onChange={(event) => setDescription(event.target.value)} /></label>
        </div>
      )}
      <ErrorNote error={change.error} />
      <RuleBuilder rule={rule} catalogue={catalogue} scope={scope} self={segment?.id ?? null} />
      {naming && <SaveDialog rule={rule.written.document} name={segment ? t('segments.edit.copyName', { name }) : proposed} folder={folder} description={segment ? description : ''} onClose={() => setNaming(false)} onSaved={(made) => { void message.success(t('segments.save.done', { name: made.name })); go(made.id); }} />}
    </Page>
  );
}

/** Ask before an edited rule is left behind, here and when the window is closed. */
function useUnsaved(dirty: boolean): void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== 'blocked') return undefined;
    const asked = modal.confirm({
      title: t('segments.edit.leave'),
      content: t('segments.edit.leaveText'),
      okText: t('segments.edit.leaveAct'),
      cancelText: t('segments.edit.stay'),
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    });
    return () => asked.destroy();
  }, [blocker, modal, t]);
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
}
