import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePeople, type MemberFilter } from './people';

/** A count of members that opens the members. Plain text for those who may not see them. */
export function NumberLink({ filter, title, empty = false, children }: { filter: MemberFilter; title: string; /** Nobody is behind the number. */ empty?: boolean; children: ReactNode }) {
  const open = usePeople();
  const { t } = useTranslation();
  if (!open || empty) return <>{children}</>;
  return (
    <button type="button" className="ht-numlink" title={t('ui.people.open')} onClick={() => open({ filter, title })}>
      {children}
    </button>
  );
}
