import { App, Button, Form, Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { Section } from '../../ui/Page';
import { useSession } from '../../ui/session';
import { PasswordForm } from '../PasswordForm';
import { useSetting } from '../session';
import { ScopeText } from './ScopeFields';

/** One's own name, language, theme and password. */
export function AccountSection() {
  const { t } = useTranslation();
  const { me } = useSession();
  const { message } = App.useApp();
  const set = useSetting();
  const saved = () => void message.success(t('ui.saved'));
  return (
    <>
      <dl className="ht-set-facts">
        <div><dt>{t('settings.users.username')}</dt><dd className="ht-set-mono">{me.username}</dd></div>
        <div><dt>{t('settings.users.role')}</dt><dd>{me.role_label}</dd></div>
        {me.guide && <div><dt>{t('settings.guides.one')}</dt><dd>{me.guide.name} <span className="ht-set-mono">{me.guide.code}</span> · {me.guide.shop_name}</dd></div>}
        <div><dt>{t('settings.users.scope')}</dt><dd><ScopeText all={me.all_shops} shops={me.shops} /></dd></div>
      </dl>
      <Form<{ display_name: string }> className="ht-set-form" layout="vertical" requiredMark={false} initialValues={{ display_name: me.display_name }} onFinish={(values) => set.mutate({ display_name: values.display_name.trim() }, { onSuccess: saved })}>
        <Form.Item name="display_name" label={t('settings.users.displayName')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input maxLength={64} /></Form.Item>
        <Button htmlType="submit" loading={set.isPending}>{t('settings.account.saveName')}</Button>
      </Form>
      <Section title={t('settings.account.look')}>
        <div className="ht-set-choices">
          <div>
            <span id="ht-language">{t('settings.account.language')}</span>
            <Radio.Group aria-labelledby="ht-language" value={me.language} optionType="button" options={[{ value: 'zh', label: <span lang="zh-CN">中文</span> }, { value: 'en', label: <span lang="en">English</span> }]} onChange={(event) => set.mutate({ language: event.target.value as 'zh' | 'en' })} />
          </div>
          <div>
            <span id="ht-theme">{t('settings.account.theme')}</span>
            <Radio.Group aria-labelledby="ht-theme" value={me.theme} optionType="button" options={(['light', 'dark', 'auto'] as const).map((theme) => ({ value: theme, label: t(`web.user.theme.${theme}`) }))} onChange={(event) => set.mutate({ theme: event.target.value as 'light' | 'dark' | 'auto' })} />
          </div>
        </div>
      </Section>
      <Section title={t('settings.account.password')}>
        <div className="ht-set-form"><PasswordForm act={t('settings.account.changePassword')} onDone={() => void message.success(t('settings.account.passwordChanged'))} /></div>
      </Section>
    </>
  );
}
