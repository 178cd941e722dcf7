import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import { countRule, type Scoped } from '../api';
import { idAt, type Written } from '../tree';
import type { Counted, NodeFigure } from '../types';

const PAUSE_MS = 150;

export interface Figures {
  answer: Counted | null;
  byId: Map<string, NodeFigure>;
  /** The figures belong to the rule before the last edit. */
  stale: boolean;
  /** A rule the server refuses, and the twig it speaks of. */
  wrong: { id: string | null; message: string; remedy: string } | null;
  /** The count failed for another reason. */
  error: unknown;
  retry: () => void;
}

/** Live counts of a rule. The old figures stay until the new ones are there. */
export function useFigures(written: Written, scope: Scoped, enabled = true): Figures {
  const { i18n } = useTranslation();
  const [asked, setAsked] = useState(written);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(written), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written]);

  const key = useMemo(() => [JSON.stringify(asked.document), [...asked.ids.values()].join()], [asked]);
  const query = useQuery({
    queryKey: ['segments', 'live', i18n.language, scope, ...key],
    queryFn: async ({ signal }) => ({ answer: await countRule(asked.document, scope, signal), ids: asked.ids }),
    enabled,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: (failures, error) => failures < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
  });
  const [last, setLast] = useState(query.data ?? null);
  if (query.data && query.data !== last) setLast(query.data);

  const byId = useMemo(() => {
    const found = new Map<string, NodeFigure>();
    for (const node of last?.answer.nodes ?? []) {
      const id = last?.ids.get(node.path);
      if (id) found.set(id, node);
    }
    return found;
  }, [last]);
  const refused = query.error instanceof ApiError && query.error.status === 422 ? query.error : null;
  const path = refused && typeof refused.where.node === 'string' ? refused.where.node : null;
  return {
    answer: last?.answer ?? null,
    byId,
    stale: query.data !== last || asked.document !== written.document || query.isFetching,
    wrong: refused ? { id: path === null ? null : idAt(asked.ids, path), message: refused.message, remedy: refused.remedy } : null,
    error: query.error && !refused ? query.error : null,
    retry: () => void query.refetch(),
  };
}
