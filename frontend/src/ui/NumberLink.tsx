import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePeople, type Whose } from './people';

interface NumberLinkProps {
  title: string;
  /** Nobody is behind the number. */
  empty?: boolean;
  children: ReactNode;
}

/** A count of members that opens the members. Plain text for those who may not see them. */
export function NumberLink({ title, empty = false, children, ...whose }: NumberLinkProps & Whose) {
  const open = usePeople();
  const { t } = useTranslation();
  if (!open || empty) return <>{children}</>;
  return (
    <button type="button" className="ht-numlink" title={t('ui.people.open')} onClick={() => open({ ...whose, title })}>
      {children}
    </button>
  );
}
