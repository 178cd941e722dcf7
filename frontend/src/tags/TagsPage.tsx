import { EditOutlined, EllipsisOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Dropdown, Popover, Select, Switch, Tag as Mark } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DataTable, type Column } from '../ui/DataTable';
import { NumberLink } from '../ui/NumberLink';
import { Count } from '../ui/Numbers';
import { Page, Section, useIsPhone } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState, Loaded, useErrorText } from '../ui/States';
import { useUrl } from '../ui/url';
import { useDeleteGroup, useDeleteTag, useRefreshTag, useSaveGroup, useSaveTag, useTagTree, useTagUses, type Tag, type TagGroup } from './api';
import { findTag, hasTag } from './choices';
import { GroupDialog } from './GroupDialog';
import { TagEditor } from './TagEditor';
import './tags.css';

/** The manager of tags: groups at the left, the tags of one at the right. */
export default function TagsPage() {
  const { t } = useTranslation();
  const can = useCan();
  const [params, set] = useUrl();
  const archived = params.get('archived') === 'true';
  const tree = useTagTree(archived);
  const [naming, setNaming] = useState<TagGroup | 'new' | null>(null);
  const [editing, setEditing] = useState<Tag | 'new' | null>(null);
  const wanted = findTag(tree.data, params.get('tag'));
  const group = tree.data?.find((one) => one.id === params.get('group')) ?? wanted?.group ?? tree.data?.[0];
  const may = can('tags.edit');
  return (
    <Page
      title={t('tags.title')}
      lead={t('tags.lead')}
      verbs={may && <><Button icon={<PlusOutlined />} onClick={() => setNaming('new')}>{t('tags.group.new')}</Button><Button type="primary" icon={<PlusOutlined />} disabled={!group} onClick={() => setEditing('new')}>{t('tags.edit.new')}</Button></>}
    >
      <Loaded query={tree} rows={10}>
        {(groups) => (
          <div className="ht-tg-manager">
            <Groups groups={groups} current={group?.id ?? null} onPick={(id) => set({ group: id, tag: null })} archived={archived} onArchived={(on) => set({ archived: on || null })} />
            {group && <OneGroup key={group.id} group={group} marked={wanted?.tag.id ?? null} may={may} onEdit={setEditing} onName={() => setNaming(group)} />}
            {naming && <GroupDialog group={naming === 'new' ? null : naming} onClose={() => setNaming(null)} onSaved={(id) => { setNaming(null); set({ group: id, tag: null }); }} />}
            {editing && group && <TagEditor tag={editing === 'new' ? null : editing} group={group} groups={groups} onClose={() => setEditing(null)} onSaved={(tag) => { setEditing(null); set({ group: tag.group, tag: tag.id }); }} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

interface GroupsProps {
  groups: TagGroup[];
  current: string | null;
  onPick: (id: string) => void;
  archived: boolean;
  onArchived: (on: boolean) => void;
}

function Groups({ groups, current, onPick, archived, onArchived }: GroupsProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const old = <Checkbox checked={archived} onChange={(event) => onArchived(event.target.checked)}>{t('tags.showArchived')}</Checkbox>;
  if (phone) {
    return (
      <div className="ht-tg-pick">
        <Select aria-label={t('tags.groups')} value={current} onChange={onPick} options={groups.map((group) => ({ value: group.id, label: `${group.label} · ${group.tags.length}` }))} />
        {old}
      </div>
    );
  }
  const part = (title: string, some: TagGroup[]) => some.length > 0 && (
    <>
      <h2>{title}</h2>
      <ul>
        {some.map((group) => (
          <li key={group.id}>
            <button type="button" aria-current={group.id === current ? 'true' : undefined} className={group.archived ? 'ht-muted' : undefined} onClick={() => onPick(group.id)}>
              <span>{group.label}</span><small className="ht-num">{group.tags.length}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <nav className="ht-tg-groups" aria-label={t('tags.groups')}>
      {part(t('tags.own'), groups.filter((group) => !group.builtin))}
      {part(t('tags.builtin'), groups.filter((group) => group.builtin))}
      {old}
    </nav>
  );
}

interface OneGroupProps {
  group: TagGroup;
  /** The tag that the address names. */
  marked: string | null;
  may: boolean;
  onEdit: (tag: Tag | 'new') => void;
  onName: () => void;
}

function OneGroup({ group, marked, may, onEdit, onName }: OneGroupProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const say = useErrorText();
  const save = useSaveTag();
  const saveGroup = useSaveGroup();
  const drop = useDeleteGroup();
  const fail = (error: unknown) => {
    const { message: what, remedy } = say(error);
    void message.error(remedy ? `${what} ${remedy}` : what);
  };
  const switchable = group.tags.filter((tag) => tag.kind !== 'manual' && !tag.archived);
  const anyOff = switchable.some((tag) => !tag.enabled);

  const columns: Column<Tag>[] = [
    {
      key: 'label',
      title: t('tags.tag'),
      always: true,
      width: 180,
      render: (tag) => (
        <span className={`ht-tg-name ${tag.id === marked ? 'ht-tg-marked' : ''}`}>
          <strong>{tag.label}</strong>
          {tag.archived && <Mark>{t('tags.archived')}</Mark>}
        </span>
      ),
    },
    {
      key: 'count',
      title: t('tags.members'),
      number: true,
      cardFigure: true,
      width: 96,
      render: (tag) => (tag.refreshing ? <span className="ht-muted" aria-busy="true">{t('tags.working')}</span> : <NumberLink title={`${group.label} · ${tag.label}`} empty={tag.count === 0} rule={hasTag(tag.id)}><Count value={tag.count} /></NumberLink>),
    },
    {
      key: 'kind',
      title: t('tags.how'),
      render: (tag) => (
        <div className="ht-tg-how">
          <span>{group.code === 'imported' && tag.kind === 'manual' ? t('tags.fromList') : t(`tags.kind.${tag.kind}`)}{tag.changed_rule && <em className="ht-muted"> {t('tags.changedRule')}</em>}</span>
          {tag.sentence && <p className="ht-muted">{tag.sentence}</p>}
          {tag.error && <p className="ht-danger">{tag.error}</p>}
        </div>
      ),
    },
    { key: 'days', title: t('tags.lasts'), width: 130, render: (tag) => <Lasts tag={tag} /> },
    { key: 'enabled', title: t('tags.state'), width: 84, render: (tag) => (tag.kind === 'manual' ? <span className="ht-muted">–</span> : <Switch size="small" aria-label={t('tags.switch', { label: tag.label })} disabled={!may || tag.archived} checked={tag.enabled} loading={save.isPending && save.variables.id === tag.id} onChange={(enabled) => save.mutate({ id: tag.id, patch: { enabled } }, { onError: fail })} />) },
    { key: 'uses', title: t('tags.uses'), number: true, width: 72, render: (tag) => <Uses tag={tag} /> },
    {
      key: 'verbs',
      title: '',
      name: t('tags.verbs'),
      render: (tag) => <Verbs tag={tag} may={may} onEdit={() => onEdit(tag)} onFail={fail} />,
    },
  ];
  return (
    <div className="ht-tg-main">
      <Section
        title={<>{group.label} {group.exclusive && <Mark>{t('tags.exclusive')}</Mark>} {group.archived && <Mark>{t('tags.archived')}</Mark>}</>}
        sentence={[group.help, group.exclusive && t('tags.exclusiveText')].filter(Boolean).join(' · ') || undefined}
        extra={
          may && (
            <>
              {switchable.length > 1 && <Button size="small" loading={saveGroup.isPending} onClick={() => saveGroup.mutate({ id: group.id, enabled: anyOff }, { onError: fail })}>{t(anyOff ? 'tags.allOn' : 'tags.allOff')}</Button>}
              {!group.builtin && <Button size="small" icon={<EditOutlined />} onClick={onName}>{t('tags.group.rename')}</Button>}
              <Dropdown
                trigger={['click']}
                menu={{
                  items: [
                    { key: 'archive', label: t(group.archived ? 'tags.restore' : 'tags.group.archive'), onClick: () => saveGroup.mutate({ id: group.id, archived: !group.archived }, { onError: fail }) },
                    ...(group.builtin ? [] : [{ key: 'delete', danger: true, label: t('tags.group.delete'), onClick: () => drop.mutate(group.id, { onError: fail }) }]),
                  ],
                }}
              >
                <Button size="small" type="text" icon={<EllipsisOutlined />} aria-label={t('ui.more')} />
              </Dropdown>
            </>
          )
        }
      >
        <DataTable<Tag>
          label={group.label}
          columns={columns}
          rows={group.tags}
          rowKey={(tag) => tag.id}
          empty={<EmptyState title={t('tags.empty.title')} example={t(group.code === 'imported' ? 'tags.empty.importedExample' : 'tags.empty.example')} action={may && <Button type="primary" onClick={() => onEdit('new')}>{t('tags.edit.new')}</Button>}>{t(group.code === 'imported' ? 'tags.empty.imported' : 'tags.empty.text')}</EmptyState>}
        />
      </Section>
    </div>
  );
}

function Lasts({ tag }: { tag: Tag }) {
  const { t } = useTranslation();
  if (tag.kind === 'manual') return <>{tag.days ? t('tags.days.manual', { days: tag.days }) : t('tags.days.ever')}</>;
  return <>{tag.days ? t('tags.days.rule', { days: tag.days }) : t('tags.days.whileFits')}</>;
}

function Uses({ tag }: { tag: Tag }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const uses = useTagUses(tag.id, open);
  if (tag.uses === 0) return <span className="ht-muted">0</span>;
  return (
    <Popover trigger="click" open={open} onOpenChange={setOpen} title={t('tags.usedIn')} content={<Loaded query={uses} rows={1}>{(items) => <ul className="ht-tg-uses">{items.map((use) => <li key={use.kind + use.id}><Link to={use.url}>{use.name}</Link> <small className="ht-muted">{t(`tags.use.${use.kind === 'tag' ? 'tag' : 'segment'}`)}</small></li>)}</ul>}</Loaded>}>
      <button type="button" className="ht-numlink"><Count value={tag.uses} /></button>
    </Popover>
  );
}

function Verbs({ tag, may, onEdit, onFail }: { tag: Tag; may: boolean; onEdit: () => void; onFail: (error: unknown) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const save = useSaveTag();
  const drop = useDeleteTag();
  const refresh = useRefreshTag();
  if (!may) return null;
  const patch = (values: Parameters<typeof save.mutate>[0]) => save.mutate(values, { onError: onFail });
  return (
    <span className="ht-tg-verbs">
      <Button size="small" type="text" icon={<EditOutlined />} onClick={onEdit}>{t('ui.edit')}</Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(tag.kind !== 'manual' && tag.enabled && !tag.archived ? [{ key: 'refresh', label: t('tags.refresh'), onClick: () => refresh.mutate(tag.id, { onError: onFail }) }] : []),
            ...(tag.changed_rule && tag.derived ? [{ key: 'reset', label: t('tags.reset'), onClick: () => patch({ id: tag.id, patch: { rule: null } }) }] : []),
            { key: 'archive', label: t(tag.archived ? 'tags.restore' : 'tags.archive'), onClick: () => patch({ id: tag.id, patch: { archived: !tag.archived } }) },
            ...(tag.builtin ? [] : [{ key: 'delete', danger: true, label: t('tags.delete'), onClick: () => modal.confirm({ title: t('tags.deleteTitle', { label: tag.label }), content: t('tags.deleteText'), okText: t('tags.delete'), okButtonProps: { danger: true }, cancelText: t('ui.back'), onOk: () => drop.mutateAsync(tag.id).catch(onFail) }) }]),
          ],
        }}
      >
        <Button size="small" type="text" icon={<EllipsisOutlined />} aria-label={t('ui.more')} />
      </Dropdown>
    </span>
  );
}

