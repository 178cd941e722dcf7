import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../ui/States';
import { Gate } from './Gate';
import { useLogin } from './session';

export default function Login({ expired }: { expired: boolean }) {
  const { t } = useTranslation();
  const login = useLogin();
  return (
    <Gate title={t('accounts.login.title')} lead={expired ? t('accounts.login.expired') : undefined} foot={t('accounts.login.firstTime')}>
      <Form<{ username: string; password: string }> layout="vertical" requiredMark={false} onFinish={(values) => login.mutate(values)}>
        <Form.Item name="username" label={t('accounts.login.username')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}>
          <Input size="large" prefix={<UserOutlined />} autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={t('accounts.login.password')} rules={[{ required: true, message: t('ui.required') }]}>
          <Input.Password size="large" prefix={<LockOutlined />} autoComplete="current-password" />
        </Form.Item>
        <ErrorNote error={login.error} />
        <Button type="primary" size="large" block htmlType="submit" loading={login.isPending}>{t('accounts.login.enter')}</Button>
      </Form>
    </Gate>
  );
}
