import { Form, Modal, type FormInstance } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../ui/States';
import { faultOf } from './logic';

interface FormDialogProps<T extends object> {
  title: string;
  /** The act by its name. */
  act: string;
  initial: Partial<T>;
  /** Names of the form's fields: errors of the server about one of them are told at it. */
  fields: readonly (keyof T & string)[];
  busy: boolean;
  error: unknown;
  onSave: (values: T) => void;
  onClose: () => void;
  children: ReactNode | ((form: FormInstance<T>) => ReactNode);
}

/** Show a server's objection at the field it is about; true when it was. */
export function useFieldFault<T extends object>(form: FormInstance<T>, error: unknown, fields: readonly string[]): boolean {
  const fault = faultOf(error, fields);
  useEffect(() => {
    const found = faultOf(error, fields);
    if (found) form.setFields([found as never]);
    // The fields of a form never change while it is open.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [error, form]);
  return fault !== null;
}

/** One form in a dialog: Enter saves, the button names the act. */
export function FormDialog<T extends object>({ title, act, initial, fields, busy, error, onSave, onClose, children }: FormDialogProps<T>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<T>();
  const told = useFieldFault(form, error, fields);
  return (
    <Modal open title={title} okText={act} cancelText={t('ui.back')} confirmLoading={busy} onOk={() => form.submit()} onCancel={onClose} mask={{ closable: false }}>
      <Form<T> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={onSave} scrollToFirstError>
        {typeof children === 'function' ? children(form) : children}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
      {!told && <ErrorNote error={error} />}
    </Modal>
  );
}
