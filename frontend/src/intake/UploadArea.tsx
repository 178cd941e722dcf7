import { CloseOutlined, CloudUploadOutlined, RedoOutlined } from '@ant-design/icons';
import { Button, Progress, Select } from 'antd';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bytes } from '../ui/format';
import { useSession } from '../ui/session';
import { useErrorText } from '../ui/States';
import type { Batch } from '../api/types';
import { useUploads } from './api';
import { ReportsDrawer } from './ReportsDrawer';
import { sentPercent, uploads, type Upload } from './uploads';

const ACCEPT = '.csv,.txt,.tsv,.xlsx,.xls,.zip,.gz,.xz,.parquet';

/** Drop files anywhere on it, or pick them; several at once. `onDone` hears of the batches of one drop. */
export function UploadArea({ onDone }: { onDone: (batches: Batch[]) => void }) {
  const { t } = useTranslation();
  const { me, shops } = useSession();
  const open = shops.filter((one) => one.is_active);
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [shop, setShop] = useState<number | null>(me.all_shops ? null : (open[0]?.id ?? null));
  const [reports, setReports] = useState(false);

  const send = (files: Iterable<File>) => {
    const list = [...files];
    if (list.length > 0) void uploads.add(list, { shop, profile: null }).then(onDone);
  };
  const drag = (event: DragEvent, entering: boolean) => {
    event.preventDefault();
    setOver(entering);
  };
  return (
    <div>
      <div
        className={`ht-in-drop ${over ? 'ht-in-drop-over' : ''}`}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={(event) => drag(event, false)}
        onDrop={(event) => {
          drag(event, false);
          send(event.dataTransfer.files);
        }}
      >
        <CloudUploadOutlined className="ht-in-drop-icon" aria-hidden="true" />
        <div className="ht-in-drop-words">
          <strong>{t('intake.upload.title')}</strong>
          <span>
            {t('intake.upload.lead')} <button type="button" className="ht-in-link" onClick={() => setReports(true)}>{t('intake.upload.reports')}</button>
          </span>
        </div>
        <div className="ht-in-drop-verbs">
          {open.length > 1 && (
            <Select
              aria-label={t('intake.upload.shop')}
              value={shop}
              onChange={setShop}
              popupMatchSelectWidth={false}
              options={[
                // A file of no shop would be seen by nobody whose scope is some shops.
                ...(me.all_shops ? [{ value: null as number | null, label: t('intake.upload.anyShop') }] : []),
                ...open.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          )}
          <Button type="primary" onClick={() => picker.current?.click()}>{t('intake.upload.pick')}</Button>
        </div>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept={ACCEPT}
          aria-label={t('intake.upload.pick')}
          onChange={(event) => {
            send(event.target.files ?? []);
            event.target.value = '';
          }}
        />
      </div>
      <UploadList />
      {reports && <ReportsDrawer onClose={() => setReports(false)} />}
    </div>
  );
}

/** What is on its way; what has arrived stands in the list below. */
function UploadList() {
  const { t } = useTranslation();
  const shown = useUploads().filter((upload) => upload.state !== 'done');
  if (shown.length === 0) return null;
  return <ul className="ht-in-uploads" aria-label={t('intake.upload.list')}>{shown.map((upload) => <UploadLine key={upload.id} upload={upload} />)}</ul>;
}

function UploadLine({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const say = useErrorText();
  const failed = upload.state === 'failed' ? say(upload.error) : null;
  const percent = sentPercent(upload);
  return (
    <li className={failed ? 'ht-in-upload-failed' : ''}>
      <div className="ht-in-upload-name"><span>{upload.file.name}</span> <small className="ht-num">{bytes(upload.file.size)}</small></div>
      <div className="ht-in-upload-state">
        {failed ? <span role="alert"><b>{failed.message}</b> {failed.remedy}</span> : upload.state === 'waiting' ? t('intake.upload.waiting') : percent < 100 ? <Progress percent={percent} size="small" aria-label={upload.file.name} /> : t('intake.upload.keeping')}
      </div>
      <div className="ht-in-upload-verbs">
        {failed && <Button size="small" icon={<RedoOutlined />} onClick={() => uploads.retry(upload.id)}>{t('ui.retry')}</Button>}
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('intake.upload.stop', { name: upload.file.name })} onClick={() => uploads.remove(upload.id)} />
      </div>
    </li>
  );
}

/** A link to the batch page, with the file's name. */
export function BatchLink({ batch }: { batch: Pick<Batch, 'id' | 'name'> }) {
  return <Link to={`/data/batches/${batch.id}`} className="ht-in-name">{batch.name}</Link>;
}
