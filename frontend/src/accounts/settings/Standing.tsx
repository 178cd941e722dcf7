import { CheckCircleOutlined, StopOutlined } from '@ant-design/icons';

/** In use or not: icon and word, so that colour is never needed. */
export function Standing({ on, words }: { on: boolean; words: readonly [on: string, off: string] }) {
  return on ? <span className="ht-set-on"><CheckCircleOutlined /> {words[0]}</span> : <span className="ht-muted"><StopOutlined /> {words[1]}</span>;
}
