import { Button, Skeleton } from 'antd';
import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { createBrowserRouter, Link, Navigate, useRouteError } from 'react-router';
import { EmptyState, ErrorState } from '../ui/States';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { Entrance } from './Entrance';
import { navFor } from './nav';

const Overview = lazy(() => import('../warehouse/Overview'));
const MembersList = lazy(() => import('../members/MembersList'));
const MemberPage = lazy(() => import('../members/MemberPage'));
const IdentityReview = lazy(() => import('../members/IdentityReview'));
const SegmentsList = lazy(() => import('../segments/SegmentsList'));
const SegmentEdit = lazy(() => import('../segments/SegmentEdit'));
const SegmentPage = lazy(() => import('../segments/SegmentPage'));
const SegmentCompare = lazy(() => import('../segments/Compare'));
const SegmentOverlap = lazy(() => import('../segments/OverlapMatrix'));
const SegmentCells = lazy(() => import('../segments/Cells'));
const TagsPage = lazy(() => import('../tags/TagsPage'));
const Batches = lazy(() => import('../intake/Batches'));
const BatchPage = lazy(() => import('../intake/BatchPage'));
const Mappings = lazy(() => import('../intake/Mappings'));
const Settings = lazy(() => import('../accounts/Settings'));

/** A screen behind its permission, with a skeleton while its code arrives. */
function Screen({ of: Part, permission }: { of: ComponentType; permission?: string }): ReactNode {
  const can = useCan();
  if (permission && !can(permission)) return <Forbidden />;
  return <Suspense fallback={<div className="ht-page"><Skeleton active paragraph={{ rows: 8 }} /></div>}><Part /></Suspense>;
}

function Forbidden() {
  const { t } = useTranslation();
  return <Page title={t('web.forbidden.title')}><EmptyState title={t('web.forbidden.title')}>{t('web.forbidden.text')}</EmptyState></Page>;
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t('web.notFound.title')}>
      <EmptyState title={t('web.notFound.title')} action={<Link to="/"><Button type="primary">{t('web.notFound.home')}</Button></Link>}>{t('web.notFound.text')}</EmptyState>
    </Page>
  );
}

/** `/` is the overview, or the first screen that the person's role opens. */
function Start() {
  const can = useCan();
  if (can('overview.view')) return <Screen of={Overview} />;
  return <Navigate replace to={navFor(can)[0]?.to ?? '/settings'} />;
}

/** A screen that threw: say so and offer the way out; the shell stays. */
function Broken() {
  const error = useRouteError();
  return <div className="ht-page"><ErrorState error={error} onRetry={() => window.location.reload()} /></div>;
}

const guarded = (of: ComponentType, permission?: string) => ({ element: <Screen of={of} permission={permission} />, errorElement: <Broken /> });

export const router = createBrowserRouter([
  {
    path: '/',
    element: <Entrance />,
    errorElement: <Broken />,
    children: [
      { index: true, element: <Start />, errorElement: <Broken /> },
      { path: 'members', ...guarded(MembersList, 'members.view') },
      { path: 'members/identity', ...guarded(IdentityReview, 'identity.review') },
      { path: 'members/:member', ...guarded(MemberPage, 'members.view') },
      { path: 'segments', ...guarded(SegmentsList, 'segments.view') },
      { path: 'segments/new', ...guarded(SegmentEdit, 'segments.edit') },
      { path: 'segments/compare', ...guarded(SegmentCompare, 'segments.view') },
      { path: 'segments/overlap', ...guarded(SegmentOverlap, 'segments.view') },
      { path: 'segments/cells', ...guarded(SegmentCells, 'segments.view') },
      { path: 'segments/:id', ...guarded(SegmentPage, 'segments.view') },
      { path: 'segments/:id/edit', ...guarded(SegmentEdit, 'segments.edit') },
      { path: 'tags', ...guarded(TagsPage, 'segments.view') },
      { path: 'data', ...guarded(Batches, 'intake.view') },
      { path: 'data/batches/:batch', ...guarded(BatchPage, 'intake.view') },
      { path: 'data/mappings', ...guarded(Mappings, 'intake.view') },
      { path: 'settings', ...guarded(Settings) },
      { path: 'settings/:section', ...guarded(Settings) },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
