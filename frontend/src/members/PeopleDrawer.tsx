import { ArrowRightOutlined } from '@ant-design/icons';
import { Button, Drawer } from 'antd';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { MemberRow } from '../api/types';
import { Count, Day, Money } from '../ui/Numbers';
import { PeopleContext, type MemberFilter, type People } from '../ui/people';
import { useCan } from '../ui/session';
import { Loaded } from '../ui/States';
import { MemberName, memberColumns } from './columns';
import { ExportButton } from './ExportButton';
import { filterSearch } from './filter';
import { DEFAULT_SORT, useMembers, useSentence } from './hooks';

/** How many members the drawer lists. */
export const SHOWN = 20;

interface PeopleBodyProps {
  page: { items: MemberRow[]; total: number };
  /** The rule in words. */
  sentence: ReactNode;
  /** The way to where the rule can be changed. */
  edit?: ReactNode;
  verbs: ReactNode;
  onGo: () => void;
}

/** What every number opens: how many, by what rule, what can be done with them, and the first twenty. */
export function PeopleBody({ page, sentence, edit, verbs, onGo }: PeopleBodyProps) {
  const { t } = useTranslation();
  return (
    <>
      <p className="ht-people-count"><Count value={page.total} /> <span>{t('members.list.people', { count: page.total })}</span></p>
      <p className="ht-people-rule">{sentence} {edit}</p>
      <div className="ht-people-verbs">{verbs}</div>
      <ul className="ht-people">
        {page.items.map((row) => (
          <li key={row.member} onClick={onGo}>
            <MemberName row={row} />
            <span className="ht-muted"><Day value={row.last_paid_at} /></span>
            <span><Money value={row.paid_amount} /><small><Count value={row.paid_trades} /> {t('members.people.orders', { count: row.paid_trades })}</small></span>
          </li>
        ))}
      </ul>
      {page.total > page.items.length && <p className="ht-muted">{t('members.people.first', { count: page.items.length })}</p>}
    </>
  );
}

function Filtered({ filter, verbs, onGo }: { filter: MemberFilter; verbs: ReactNode; onGo: () => void }) {
  const { t } = useTranslation();
  const members = useMembers(filter, DEFAULT_SORT, 1, SHOWN);
  const sentence = useSentence()(filter);
  const columns = () => memberColumns(t).filter((column) => !column.hidden).map((column) => column.key);
  const list = `/members?${filterSearch(filter)}`;
  return (
    <Loaded query={members} rows={10}>
      {(page) => (
        <PeopleBody
          page={page}
          sentence={sentence}
          edit={<Link to={list} onClick={onGo}>{t('ui.edit')}</Link>}
          onGo={onGo}
          verbs={<>{verbs}<ExportButton filter={filter} sort={DEFAULT_SORT} columns={columns} /><Link to={list} onClick={onGo}><Button icon={<ArrowRightOutlined />}>{t('members.people.asList')}</Button></Link></>}
        />
      )}
    </Loaded>
  );
}

interface PeopleProviderProps {
  /** The drawer's inside for a rule or a saved segment, which later parts know about. */
  others: (people: Exclude<People, { filter: MemberFilter }>, close: () => void) => ReactNode;
  /** Further verbs for the people of a filter. */
  verbs: (people: Extract<People, { filter: MemberFilter }>, close: () => void) => ReactNode;
  children: ReactNode;
}

/** The drawer behind every number. */
export function PeopleProvider({ others, verbs, children }: PeopleProviderProps) {
  const can = useCan();
  const [people, setPeople] = useState<People | null>(null);
  const open = useCallback((next: People) => setPeople(next), []);
  const close = () => setPeople(null);
  return (
    <PeopleContext value={can('members.view') ? open : null}>
      {children}
      <Drawer open={people !== null} onClose={close} title={people?.title} size={520} destroyOnHidden>
        {people && ('filter' in people ? <Filtered filter={people.filter} verbs={verbs(people, close)} onGo={close} /> : others(people, close))}
      </Drawer>
    </PeopleContext>
  );
}
