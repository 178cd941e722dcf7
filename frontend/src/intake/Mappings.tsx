import { CopyOutlined, DeleteOutlined, DownloadOutlined, EditOutlined, UploadOutlined } from '@ant-design/icons';
import { Alert, App, Button, Input, Modal, Tag } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '../api/client';
import { CheckDialog } from '../ui/CheckDialog';
import { DataTable, type Column } from '../ui/DataTable';
import { Count, Instant } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan, useLocale } from '../ui/session';
import { EmptyState, ErrorNote, ErrorState, useErrorText } from '../ui/States';
import { useFields, useMappings, useRemoveMapping, useSaveMapping, type Saved } from './api';
import { freeName, parseMapping, serverProblems } from './draft';
import './intake.css';
import { download } from './download';
import { PLATFORMS } from './shops';
import type { MappingJson } from './types';

const keyOf = (saved: Saved) => saved.id ?? `example:${saved.name}`;

/** Mappings that people saved: how files of unknown layout are read. */
export default function Mappings() {
  const { t } = useTranslation();
  const { language } = useLocale();
  const { message } = App.useApp();
  const can = useCan();
  const say = useErrorText();
  const mappings = useMappings();
  const save = useSaveMapping();
  const picker = useRef<HTMLInputElement>(null);
  const [renaming, setRenaming] = useState<Saved | null>(null);
  const [removing, setRemoving] = useState<Saved | null>(null);
  const [fault, setFault] = useState<{ title: string; items: string[] } | null>(null);
  const mayRun = can('intake.run');
  const names = (mappings.data ?? []).map((one) => one.name);

  const add = (name: string, mapping: MappingJson, done: string) => {
    setFault(null);
    save.mutate({ id: null, name, mapping }, {
      onSuccess: () => void message.success(done),
      onError: (error) => {
        const items = error instanceof ApiError ? serverProblems(error.where, language).map((one) => one.text) : [];
        const { message: title, remedy } = say(error);
        setFault({ title, items: items.length ? items : remedy ? [remedy] : [] });
      },
    });
  };
  const upload = async (file: File) => {
    const found = parseMapping(await file.text());
    if ('reason' in found) {
      setFault({ title: t('intake.mappings.uploadFailed', { name: file.name }), items: [t(`intake.mappings.reason.${found.reason}`)] });
      return;
    }
    const name = freeName(found.mapping.name.trim() || file.name.replace(/\.json$/i, ''), names);
    add(name, found.mapping, t('intake.mappings.uploaded', { name }));
  };

  const columns: Column<Saved>[] = [
    { key: 'name', title: t('intake.mappings.name'), always: true, render: (one) => <><strong>{one.name}</strong> {one.isExample && <Tag>{t('intake.mappings.example')}</Tag>}</> },
    { key: 'grain', title: t('intake.map.grain'), render: (one) => <span className="ht-in-long">{t(`intake.grain.${one.mapping.grain}`)}</span> },
    { key: 'platform', title: t('intake.map.platform'), render: (one) => t(`ui.platform.${PLATFORMS.find((platform) => platform === one.mapping.platform) ?? 'other'}`) },
    { key: 'columns', title: t('intake.mappings.columns'), number: true, render: (one) => <Count value={one.mapping.columns.length} /> },
    { key: 'updated', title: t('intake.mappings.updated'), render: (one) => <Instant value={one.updatedAt} /> },
    {
      key: 'verbs',
      title: '',
      name: t('intake.mappings.verbs'),
      render: (one) => (
        <span className="ht-in-row-verbs">
          {mayRun && one.id !== null && <Button size="small" type="text" icon={<EditOutlined />} onClick={() => setRenaming(one)}>{t('intake.mappings.rename')}</Button>}
          {mayRun && <Button size="small" type="text" icon={<CopyOutlined />} onClick={() => { const name = freeName(one.name, names); add(name, one.mapping, t('intake.mappings.duplicated', { name })); }}>{t('intake.mappings.duplicate')}</Button>}
          <Button size="small" type="text" icon={<DownloadOutlined />} onClick={() => download(`${one.name}.json`, JSON.stringify({ ...one.mapping, name: one.name }, null, 2))}>{t('intake.mappings.download')}</Button>
          {mayRun && one.id !== null && <Button size="small" type="text" icon={<DeleteOutlined />} onClick={() => setRemoving(one)}>{t('intake.mappings.remove')}</Button>}
        </span>
      ),
    },
  ];
  const uploadButton = mayRun && <Button icon={<UploadOutlined />} loading={save.isPending} onClick={() => picker.current?.click()}>{t('intake.mappings.upload')}</Button>;
  return (
    <Page title={t('intake.mappings.title')} lead={t('intake.mappings.lead')} verbs={uploadButton}>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label={t('intake.mappings.upload')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) void upload(file);
          event.target.value = '';
        }}
      />
      {fault && (
        <Alert
          className="ht-error ht-gap"
          type="error"
          showIcon
          role="alert"
          closable={{ onClose: () => setFault(null), 'aria-label': t('ui.close') }}
          title={fault.title}
          description={fault.items.length > 0 && <ul className="ht-in-problems">{fault.items.map((item) => <li key={item}>{item}</li>)}</ul>}
        />
      )}
      {mappings.isError && !mappings.data ? (
        <ErrorState error={mappings.error} busy={mappings.isFetching} onRetry={() => void mappings.refetch()} />
      ) : (
        <DataTable<Saved>
          label={t('intake.mappings.title')}
          columns={columns}
          rows={mappings.data}
          rowKey={keyOf}
          expand={(one) => <MappingColumns mapping={one.mapping} />}
          empty={
            <EmptyState title={t('intake.mappings.emptyTitle')} example={<span className="ht-in-example"><code>{t('intake.mappings.emptyExample')}</code></span>} action={<Link to="/data"><Button type="primary">{t('intake.mappings.emptyAct')}</Button></Link>}>
              {t('intake.mappings.empty')}
            </EmptyState>
          }
        />
      )}
      {renaming && <Rename saved={renaming} onClose={() => setRenaming(null)} />}
      {removing && <Remove saved={removing} onClose={() => setRemoving(null)} />}
    </Page>
  );
}

/** What goes where, in a mapping's own order. */
function MappingColumns({ mapping }: { mapping: MappingJson }) {
  const { t } = useTranslation();
  const fields = useFields(mapping.grain);
  const labels = new Map(fields.data?.map((field) => [field.key, field.label]));
  return (
    <ul className="ht-in-mapping-columns">
      {mapping.columns.map((column, index) => (
        <li key={index}>
          <span>{column.header ?? (column.index !== undefined && column.index !== null ? t('intake.columnNo', { number: column.index + 1 }) : column.constant !== undefined && column.constant !== null ? t('intake.mappings.constant', { value: column.constant }) : t('intake.mappings.rowNumber'))}</span>
          <span aria-hidden="true">→</span>
          <strong>{labels.get(column.field) ?? column.field.replace(/^attribute:/, '')}</strong>
          {column.format && <code>{column.format}</code>}
        </li>
      ))}
    </ul>
  );
}

function Rename({ saved, onClose }: { saved: Saved; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveMapping();
  const [name, setName] = useState(saved.name);
  const run = () => {
    if (name.trim()) save.mutate({ id: saved.id, name: name.trim(), mapping: saved.mapping }, { onSuccess: onClose });
  };
  return (
    <Modal open title={t('intake.mappings.renameTitle')} okText={t('intake.mappings.rename')} cancelText={t('ui.back')} okButtonProps={{ disabled: !name.trim() || name.trim() === saved.name }} confirmLoading={save.isPending} onOk={run} onCancel={onClose}>
      <label className="ht-in-field">
        <span>{t('intake.mappings.name')}</span>
        <Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} onPressEnter={run} />
      </label>
      <ErrorNote error={save.error} />
    </Modal>
  );
}

function Remove({ saved, onClose }: { saved: Saved; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveMapping();
  return (
    <CheckDialog
      title={t('intake.mappings.removeTitle', { name: saved.name })}
      sentences={[t('intake.mappings.removeWhat'), t('intake.mappings.removeKept')]}
      act={t('intake.mappings.removeAct')}
      danger
      note="none"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(saved.id!, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
