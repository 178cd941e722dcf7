import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Input, Modal, Spin, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { call, client } from '../api/client';
import { ErrorNote } from '../ui/States';

const PAUSE_MS = 200;

/** Search anywhere: one box over members, orders, batches and pages. */
export function Search({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [chosen, setChosen] = useState(0);

  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(text.trim());
      setChosen(0);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: () => call(client.GET('/api/v1/search', { params: { query: { q: asked } } })).then((answer) => answer.items),
    enabled: asked.length > 0,
    placeholderData: (before) => before,
  });
  const items = asked ? (found.data ?? []) : [];

  const go = (url: string) => {
    onClose();
    void navigate(url);
  };
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={560} className="ht-search" aria-label={t('web.search.open')} destroyOnHidden>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        suffix={found.isFetching ? <Spin size="small" /> : <kbd>Esc</kbd>}
        value={text}
        placeholder={t('web.search.placeholder')}
        aria-label={t('web.search.placeholder')}
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls="ht-search-results"
        aria-activedescendant={items[chosen] ? `ht-found-${chosen}` : undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen(Math.min(items.length - 1, chosen + 1));
          else if (event.key === 'ArrowUp') setChosen(Math.max(0, chosen - 1));
          else if (event.key === 'Enter' && items[chosen]) go(items[chosen].url);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="ht-search-results" role="listbox" className="ht-search-results">
        {items.map((item, index) => (
          <li
            key={`${item.kind}-${item.id}`}
            id={`ht-found-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseEnter={() => setChosen(index)}
            onClick={() => go(item.url)}
          >
            <span><strong>{item.title}</strong><small>{item.subtitle}</small></span>
            <Tag>{t(`web.search.kind.${item.kind}`)}</Tag>
          </li>
        ))}
      </ul>
      {found.isError && <ErrorNote error={found.error} />}
      <p className="ht-search-help">{asked && found.isSuccess && items.length === 0 && !found.isFetching ? t('web.search.none', { q: asked }) : t('web.search.help')}</p>
    </Modal>
  );
}
