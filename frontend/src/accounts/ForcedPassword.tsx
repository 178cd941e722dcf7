import { useTranslation } from 'react-i18next';
import { Gate } from './Gate';
import { PasswordForm } from './PasswordForm';

/** The first login with a password that someone else has seen. */
export default function ForcedPassword() {
  const { t } = useTranslation();
  return (
    <Gate title={t('accounts.password.forced')} lead={t('accounts.password.forcedLead')}>
      <PasswordForm act={t('accounts.password.change')} />
    </Gate>
  );
}
