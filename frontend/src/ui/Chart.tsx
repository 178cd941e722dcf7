import { TableOutlined, LineChartOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

register([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

interface ChartProps {
  option: EChartsCoreOption;
  height?: number;
  /** The same figures as a table. */
  table: ReactNode;
  /** What the chart shows, for those who do not see it. */
  label: string;
  controls?: ReactNode;
}

/** A chart with its table behind it. */
export default function Chart({ option, height = 260, table, label, controls }: ChartProps) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);

  useEffect(() => {
    if (asTable || !box.current) return undefined;
    const made = init(box.current, null, { renderer: 'svg' });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [asTable]);

  useEffect(() => {
    chart.current?.setOption({ animation: false, ...option }, { notMerge: true });
  }, [option, asTable]);

  return (
    <div>
      <div className="ht-chart-controls">
        {controls}
        <Button
          size="small"
          type="text"
          aria-pressed={asTable}
          icon={asTable ? <LineChartOutlined /> : <TableOutlined />}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? t('ui.chart.chart') : t('ui.chart.table')}
        </Button>
      </div>
      {asTable ? <div className="ht-chart-table">{table}</div> : <div ref={box} style={{ height }} role="img" aria-label={label} />}
    </div>
  );
}
