import { Skeleton } from 'antd';
import { lazy, Suspense, type ReactNode } from 'react';
import type { MemberFilter, People } from '../ui/people';

const RulePeople = lazy(() => import('../segments/People').then((part) => ({ default: part.RulePeople })));
const SegmentPeople = lazy(() => import('../segments/People').then((part) => ({ default: part.SegmentPeople })));

type OfFilter = Extract<People, { filter: MemberFilter }>;

/** The drawer behind a number, where the number stands for a rule or a saved segment. */
export function OtherPeople({ people, onGo }: { people: Exclude<People, OfFilter>; onGo: () => void }): ReactNode {
  return (
    <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 10 }} />}>
      {'segment' in people
        ? <SegmentPeople segment={people.segment} title={people.title} onGo={onGo} />
        : <RulePeople rule={people.rule} scope={{ asOf: people.asOf, shops: people.shops }} title={people.title} onGo={onGo} />}
    </Suspense>
  );
}

/** What later parts can do with the people of a filter. */
export function peopleVerbs(): ReactNode {
  return null;
}
