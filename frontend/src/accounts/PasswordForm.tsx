import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../ui/States';
import { usePasswordChange } from './session';

interface Values {
  old: string;
  new: string;
  again: string;
}

const MIN_LENGTH = 10;

/** Old password, new password twice. */
export function PasswordForm({ onDone, act }: { onDone?: () => void; act: string }) {
  const { t } = useTranslation();
  const change = usePasswordChange();
  const [form] = Form.useForm<Values>();
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => change.mutate({ old: values.old, new: values.new }, { onSuccess: () => { form.resetFields(); onDone?.(); } })}
    >
      <Form.Item name="old" label={t('accounts.password.old')} rules={[{ required: true, message: t('ui.required') }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="new" label={t('accounts.password.new')} extra={t('accounts.password.rule', { length: MIN_LENGTH })} rules={[{ required: true, message: t('ui.required') }, { min: MIN_LENGTH, message: t('accounts.password.short', { length: MIN_LENGTH }) }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('accounts.password.again')}
        dependencies={['new']}
        rules={[
          { required: true, message: t('ui.required') },
          ({ getFieldValue }) => ({ validator: (_rule, value: string) => (!value || value === getFieldValue('new') ? Promise.resolve() : Promise.reject(new Error(t('accounts.password.differ')))) }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <ErrorNote error={change.error} />
      <Button type="primary" htmlType="submit" loading={change.isPending}>{act}</Button>
    </Form>
  );
}
