import { MergeCellsOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { call, client } from '../api/client';
import type { MemberRow } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { Compare } from './Compare';

type Who = Pick<MemberRow, 'member' | 'display_name'>;

/** After a merge or an un-merge, everything that shows members may be old. */
export function useIdentityChanged(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ predicate: ({ queryKey }) => ['members', 'member', 'identity', 'overview'].includes(String(queryKey[0])) });
}

interface MergeCheckProps {
  members: [string, string];
  rows?: MemberRow[];
  /** Decide a suggestion rather than merge freely. */
  suggestion?: string;
  onClose: () => void;
  onMerged: (member: string) => void;
}

/** The check page of a merge. */
export function MergeCheck({ members, rows, suggestion, onClose, onMerged }: MergeCheckProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const changed = useIdentityChanged();
  const check = useQuery({
    queryKey: ['identity', 'check', ...members],
    queryFn: () => call(client.GET('/api/v1/identity/check', { params: { query: { members: members.join(',') } } })),
    staleTime: 0,
  });
  const merge = useMutation({
    mutationFn: (note: string) =>
      suggestion
        ? call(client.POST('/api/v1/identity/suggestions/{suggestion_id}/merge', { params: { path: { suggestion_id: Number(suggestion) } }, body: { note } }))
        : call(client.POST('/api/v1/identity/merge', { body: { members, note } })),
    onSuccess: (made) => {
      void message.success(t('members.merge.done', { member: made.member }));
      changed();
      onMerged(made.member);
    },
  });
  return (
    <CheckDialog
      title={t('members.merge.title')}
      sentences={check.data?.summary}
      warnings={check.data?.warnings.map((warning) => t('members.merge.against', { warning }))}
      loadError={check.isError ? check.error : undefined}
      onRetry={() => void check.refetch()}
      act={t('members.merge.act', { into: check.data?.into ?? '' })}
      noteLabel={t('members.merge.note')}
      notePlaceholder={t('members.merge.noteHint')}
      busy={merge.isPending}
      error={merge.error}
      onConfirm={(note) => merge.mutate(note)}
      onClose={onClose}
    >
      {rows && rows.length > 1 && <Compare members={rows} />}
    </CheckDialog>
  );
}

/** The bulk verb: merge the two members that are ticked. */
export function MergeButton({ members, onDone }: { members: MemberRow[]; onDone: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [first, second] = members;
  return (
    <>
      <Button size="small" icon={<MergeCellsOutlined />} disabled={members.length !== 2} title={members.length === 2 ? undefined : t('members.merge.two')} onClick={() => setOpen(true)}>
        {t('members.merge.verb')}
      </Button>
      {members.length !== 2 && <span className="ht-muted">{t('members.merge.two')}</span>}
      {open && first && second && (
        <MergeCheck
          members={[first.member, second.member]}
          rows={[first, second]}
          onClose={() => setOpen(false)}
          onMerged={(member) => {
            setOpen(false);
            onDone();
            void navigate(`/members/${member}`);
          }}
        />
      )}
    </>
  );
}

/** Merge this member with another one, named by number. */
export function MergeWith({ member, onClose }: { member: Who; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [other, setOther] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const valid = /^\d{1,18}$/.test(other.trim()) && other.trim() !== member.member;
  if (asked) {
    return <MergeCheck members={[member.member, asked]} onClose={onClose} onMerged={(into) => { onClose(); void navigate(`/members/${into}`); }} />;
  }
  return (
    <CheckDialog
      title={t('members.merge.withTitle', { name: member.display_name })}
      sentences={[t('members.merge.withText')]}
      act={t('members.merge.withAct')}
      note="none"
      disabled={!valid}
      busy={false}
      onConfirm={() => valid && setAsked(other.trim())}
      onClose={onClose}
    >
      <label className="ht-field">
        <span>{t('members.merge.other')}</span>
        <Input autoFocus value={other} inputMode="numeric" placeholder={t('members.merge.otherHint')} status={other && !valid ? 'error' : undefined} onChange={(event) => setOther(event.target.value)} onPressEnter={() => valid && setAsked(other.trim())} />
      </label>
    </CheckDialog>
  );
}
