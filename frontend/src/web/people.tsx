import { Skeleton } from 'antd';
import { lazy, Suspense, type ReactNode } from 'react';
import type { MemberParts } from '../ui/memberParts';
import type { MemberFilter, People } from '../ui/people';
import { TagButton } from '../tags/TagDialog';

const RulePeople = lazy(() => import('../segments/People').then((part) => ({ default: part.RulePeople })));
const SegmentPeople = lazy(() => import('../segments/People').then((part) => ({ default: part.SegmentPeople })));
const SaveFilter = lazy(() => import('../segments/People').then((part) => ({ default: part.SaveFilter })));
const MemberTags = lazy(() => import('../tags/MemberTags'));

type OfFilter = Extract<People, { filter: MemberFilter }>;

/** The drawer behind a number, where the number stands for a rule or a saved segment. */
export function OtherPeople({ people, onGo }: { people: Exclude<People, OfFilter>; onGo: () => void }): ReactNode {
  return (
    <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 10 }} />}>
      {'segment' in people
        ? <SegmentPeople segment={people.segment} title={people.title} verbs={<TagButton whom={{ segment: people.segment }} sentence={people.title} />} onGo={onGo} />
        : <RulePeople rule={people.rule} scope={{ asOf: people.asOf, shops: people.shops }} title={people.title} verbs={!people.asOf && !people.shops?.length && <TagButton whom={{ rule: people.rule }} sentence={people.title} />} onGo={onGo} />}
    </Suspense>
  );
}

/** What later parts can do with the people of a filter. */
export function peopleVerbs(people: OfFilter, close: () => void): ReactNode {
  return (
    <>
      <Suspense fallback={null}><SaveFilter filter={people.filter} name={people.title} onGo={close} /></Suspense>
      <TagButton whom={{ filter: people.filter }} sentence={people.title} />
    </>
  );
}

/** What later parts add to the screens of members. */
export const memberParts: MemberParts = {
  ticked: (members, done) => <TagButton small whom={{ members: members.map((row) => row.member) }} count={members.length} onDone={done} />,
  matching: (filter, total) => <TagButton all whom={{ filter }} count={total} />,
  beside: (member) => <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 3 }} />}><MemberTags member={member} /></Suspense>,
};
