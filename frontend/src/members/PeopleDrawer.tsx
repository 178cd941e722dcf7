import { ArrowRightOutlined } from '@ant-design/icons';
import { Button, Drawer } from 'antd';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Count, Day, Money } from '../ui/Numbers';
import { PeopleContext, type People } from '../ui/people';
import { useCan } from '../ui/session';
import { Loaded } from '../ui/States';
import { MemberName, memberColumns } from './columns';
import { ExportButton } from './ExportButton';
import { filterSearch } from './filter';
import { DEFAULT_SORT, useMembers, useSentence } from './hooks';

const SHOWN = 20;

function PeopleList({ people, onGo }: { people: People; onGo: () => void }) {
  const { t } = useTranslation();
  const members = useMembers(people.filter, DEFAULT_SORT, 1, SHOWN);
  const sentence = useSentence()(people.filter);
  const columns = () => memberColumns(t).filter((column) => !column.hidden).map((column) => column.key);
  return (
    <Loaded query={members} rows={10}>
      {(page) => (
        <>
          <p className="ht-people-count"><Count value={page.total} /> <span>{t('members.list.people', { count: page.total })}</span></p>
          <p className="ht-people-rule">{sentence} <Link to={`/members?${filterSearch(people.filter)}`} onClick={onGo}>{t('ui.edit')}</Link></p>
          <div className="ht-people-verbs">
            <Link to={`/members?${filterSearch(people.filter)}`} onClick={onGo}><Button icon={<ArrowRightOutlined />}>{t('members.people.asList')}</Button></Link>
            <ExportButton filter={people.filter} sort={DEFAULT_SORT} columns={columns} />
          </div>
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
      )}
    </Loaded>
  );
}

/** The drawer behind every number: how many, by what rule, the first twenty, and what can be done with them. */
export function PeopleProvider({ children }: { children: ReactNode }) {
  const can = useCan();
  const [people, setPeople] = useState<People | null>(null);
  const open = useCallback((next: People) => setPeople(next), []);
  const close = () => setPeople(null);
  return (
    <PeopleContext value={can('members.view') ? open : null}>
      {children}
      <Drawer open={people !== null} onClose={close} title={people?.title} size={520} destroyOnHidden>
        {people && <PeopleList people={people} onGo={close} />}
      </Drawer>
    </PeopleContext>
  );
}
