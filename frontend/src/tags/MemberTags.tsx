import { CloseOutlined, DownOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Day } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useCan } from '../ui/session';
import { Loaded, useErrorText } from '../ui/States';
import { useAssign, useMemberSegments, useMemberTags, useTagTree, type MemberTag } from './api';
import { fits, tagChoices } from './choices';
import './tags.css';

/** Beside one member: their tags, each with why, and the segments they are in. */
export default function MemberTags({ member }: { member: string }) {
  const can = useCan();
  return (
    <>
      <Tags member={member} />
      {can('segments.view') && <Segments member={member} />}
    </>
  );
}

function Tags({ member }: { member: string }) {
  const { t } = useTranslation();
  const can = useCan();
  const tags = useMemberTags(member);
  const [adding, setAdding] = useState(false);
  const may = can('tags.assign');
  return (
    <Section title={t('tags.member.title')} extra={may && !adding && <Button size="small" type="text" icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t('tags.member.add')}</Button>}>
      {adding && <AddTag member={member} has={tags.data ?? []} onClose={() => setAdding(false)} />}
      <Loaded query={tags} rows={2}>
        {(items) => (items.length === 0 ? <p className="ht-muted">{t('tags.member.none')}</p> : <ul className="ht-tg-member">{items.map((item) => <Item key={`${item.tag}-${item.source}`} item={item} member={member} may={may} />)}</ul>)}
      </Loaded>
    </Section>
  );
}

function Item({ item, member, may }: { item: MemberTag; member: string; may: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const say = useErrorText();
  const [open, setOpen] = useState(false);
  const assign = useAssign();
  const undo = () => assign.mutate({ tag: item.tag, add: true, whom: { members: [member] } });
  const remove = () =>
    assign.mutate(
      { tag: item.tag, add: false, whom: { members: [member] } },
      {
        onSuccess: () => void message.success(<span>{t('tags.assign.removed', { label: item.label, count: 1 })} <button type="button" className="ht-why" onClick={undo}>{t('ui.undo')}</button></span>),
        onError: (error) => void message.error(say(error).message),
      },
    );
  return (
    <li>
      <div className="ht-tg-line">
        <span><small className="ht-muted">{item.group}</small> <strong>{item.label}</strong>{item.pending && <em> {t('tags.member.pending')}</em>}</span>
        <button type="button" className="ht-why" aria-expanded={open} onClick={() => setOpen(!open)}>{t('tags.member.why')} <DownOutlined rotate={open ? 180 : 0} /></button>
        {may && item.removable && <Button size="small" type="text" icon={<CloseOutlined />} loading={assign.isPending} aria-label={t('tags.member.remove', { label: item.label })} onClick={remove} />}
      </div>
      {open && (
        <dl className="ht-tg-why">
          <div><dt>{t('tags.member.source')}</dt><dd>{item.source_label}{item.set_by && ` · ${item.set_by}`}</dd></div>
          {item.sentence && <div><dt>{t('tags.member.rule')}</dt><dd>{item.sentence}</dd></div>}
          <div><dt>{t('tags.member.since')}</dt><dd><Day value={item.effective_at ?? item.set_at} /></dd></div>
          <div><dt>{t('tags.member.until')}</dt><dd>{item.expires_at ? <Day value={lastDay(item.expires_at)} /> : t(item.removable ? 'tags.days.ever' : 'tags.days.whileFits')}</dd></div>
        </dl>
      )}
    </li>
  );
}

/** A tag ends with a day: the last instant that it holds lies on it. */
const lastDay = (end: string) => new Date(Date.parse(end) - 1).toISOString();

function AddTag({ member, has, onClose }: { member: string; has: MemberTag[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const say = useErrorText();
  const tree = useTagTree();
  const assign = useAssign();
  const held = new Set(has.filter((item) => item.removable).map((item) => item.tag));
  const give = (tag: string) =>
    assign.mutate({ tag, add: true, whom: { members: [member] } }, { onSuccess: onClose, onError: (error) => void message.error(say(error).message) });
  return (
    <Loaded query={tree} rows={1}>
      {(groups) => (
        <Select
          className="ht-tg-add"
          autoFocus
          defaultOpen
          showSearch={{ filterOption: fits }}
          loading={assign.isPending}
          placeholder={t('tags.assign.placeholder')}
          aria-label={t('tags.member.add')}
          value={null}
          onChange={(tag: string | null) => tag && give(tag)}
          onBlur={onClose}
          options={tagChoices(groups, (tag) => !held.has(tag.id))}
          notFoundContent={t('tags.assign.noTag')}
        />
      )}
    </Loaded>
  );
}

function Segments({ member }: { member: string }) {
  const { t } = useTranslation();
  const segments = useMemberSegments(member, true);
  return (
    <Section title={t('tags.member.segments')}>
      <Loaded query={segments} rows={2}>
        {(items) =>
          items.length === 0 ? <p className="ht-muted">{t('tags.member.noSegments')}</p> : (
            <ul className="ht-tg-member">
              {items.map((item) => (
                <li key={item.id} className="ht-tg-line">
                  <Link to={`/segments/${item.id}`}>{item.name}</Link>
                  {item.since && <span className="ht-muted">{t('tags.member.sinceShort')} <Day value={item.since} /></span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
