import { Alert, Button, Skeleton } from 'antd';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

/** What went wrong, in the server's words when it has some, and what to do about it. */
export function useErrorText(): (error: unknown) => { message: string; remedy: string } {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof ApiError) {
      if (error.status === 0) return { message: t('ui.error.offline'), remedy: t('ui.error.offlineRemedy') };
      return { message: error.message || t('ui.error.unknown', { status: error.status }), remedy: error.remedy };
    }
    return { message: t('ui.error.screen'), remedy: t('ui.error.screenRemedy') };
  };
}

/** A failure where content was expected: message, remedy, and another try. */
export function ErrorState({ error, onRetry, busy = false }: { error: unknown; onRetry?: () => void; busy?: boolean }) {
  const { t } = useTranslation();
  const { message, remedy } = useErrorText()(error);
  return (
    <Alert
      className="ht-error"
      type="error"
      showIcon
      role="alert"
      title={message}
      description={remedy || undefined}
      action={onRetry && <Button size="small" loading={busy} onClick={onRetry}>{t('ui.retry')}</Button>}
    />
  );
}

/** A failure of an act, beside the button that caused it. */
export function ErrorNote({ error }: { error: unknown }) {
  const { message, remedy } = useErrorText()(error);
  if (!error) return null;
  return <Alert className="ht-error" type="error" showIcon role="alert" title={message} description={remedy || undefined} />;
}

interface EmptyProps {
  title: string;
  /** What this is for, in a sentence or two. */
  children?: ReactNode;
  /** One example of what it will look like. */
  example?: ReactNode;
  /** One button. */
  action?: ReactNode;
}

/** An empty screen that teaches: what it is for, one example, one button. */
export function EmptyState({ title, children, example, action }: EmptyProps) {
  return (
    <div className="ht-empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {example && <div className="ht-empty-example">{example}</div>}
      {action && <div className="ht-empty-action">{action}</div>}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  rows?: number;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The three states every part of a screen has: loading, failed, there. */
export function Loaded<T>({ query, rows = 4, skeleton, children }: LoadedProps<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} busy={query.isFetching} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true" aria-label={t('ui.loading')}>
      {skeleton ?? <Skeleton active title={false} paragraph={{ rows }} />}
    </div>
  );
}
