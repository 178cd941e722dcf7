import { QuestionCircleOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Figure, Overview } from '../api/types';
import { NumberLink } from '../ui/NumberLink';
import { Count, Delta, Money, Share } from '../ui/Numbers';
import { useScope } from '../ui/ScopeBar';
import { peopleOf } from './people';

/** The figures that are read first, in the order in which an owner asks for them. */
const FIRST = ['paid_amount', 'orders', 'buyers', 'average_order_value', 'repeat_rate'];

const GOOD_WHEN_LESS = new Set(['refund_rate']);

export function FigureValue({ unit, value, cut = false }: { unit: Figure['unit']; value: string | null; cut?: boolean }) {
  switch (unit) {
    case 'money':
      return <Money value={value} cut={cut} />;
    case 'share':
      return <Share value={value} />;
    case 'count':
      return <Count value={value} cut={cut} />;
  }
}

function Formula({ figure }: { figure: Figure }) {
  return (
    <Tooltip title={figure.formula}>
      <button type="button" className="ht-formula" aria-label={`${figure.label}: ${figure.formula}`}><QuestionCircleOutlined /></button>
    </Tooltip>
  );
}

/** New and returning buyers as parts of one bar; the words beside it say the same. */
function Mix({ fresh, back }: { fresh: Figure | undefined; back: Figure | undefined }) {
  const total = Number(fresh?.value ?? 0) + Number(back?.value ?? 0);
  if (!fresh || !back || total === 0) return null;
  return <span className="ht-mix" aria-hidden="true"><i style={{ width: `${(100 * Number(back.value)) / total}%` }} /></span>;
}

function Moved({ figure }: { figure: Figure }) {
  return <Delta change={figure.change} shares={figure.unit === 'share' ? [figure.value, figure.previous] : undefined} goodWhen={GOOD_WHEN_LESS.has(figure.key) ? 'down' : 'up'} />;
}

export function Figures({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const [scope] = useScope();
  const by = new Map(data.figures.map((figure) => [figure.key, figure]));
  const first = FIRST.map((key) => by.get(key)).filter((figure) => figure !== undefined);
  const rest = data.figures.filter((figure) => !FIRST.includes(figure.key));
  const compared = data.previous !== null;
  const value = (figure: Figure, cut: boolean) => {
    const filter = figure.value === null ? null : peopleOf(figure.key, data, scope);
    const shown = <FigureValue unit={figure.unit} value={figure.value} cut={cut} />;
    return filter ? <NumberLink filter={filter} title={figure.label}>{shown}</NumberLink> : shown;
  };
  return (
    <section className="ht-figures" aria-label={t('warehouse.figures')}>
      <dl className="ht-figures-first">
        {first.map((figure) => (
          <div key={figure.key}>
            <dt>{figure.label} <Formula figure={figure} /></dt>
            <dd>
              <strong>{value(figure, true)}</strong>
              {figure.key === 'buyers' && <Mix fresh={by.get('new_buyers')} back={by.get('returning_buyers')} />}
              {compared && <span className="ht-figure-foot"><Moved figure={figure} />{figure.previous !== null && <small>{t('warehouse.before')} <FigureValue unit={figure.unit} value={figure.previous} cut /></small>}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <dl className="ht-figures-rest">
        {rest.map((figure) => (
          <div key={figure.key}><dt>{figure.label} <Formula figure={figure} /></dt><dd>{value(figure, false)}{compared && figure.change !== null && <Moved figure={figure} />}</dd></div>
        ))}
      </dl>
    </section>
  );
}
