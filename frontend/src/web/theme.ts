import { theme as antd, type ThemeConfig } from 'antd';

export type Mode = 'light' | 'dark';

/**
 * Ink on paper. Every colour of the app comes from here: Ant Design's tokens are set once, charts and the
 * few own styles read the same values through CSS variables (`--ht-…`).
 *
 * The accent (朱) is an orange-leaning vermilion; danger is a blue-leaning crimson, so that the two stay apart
 * for colour-blind eyes too, and danger always carries a word or an icon.
 */
export interface Palette {
  ground: string;
  paper: string;
  raised: string;
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  lineSoft: string;
  wash: string;
  accent: string;
  accentHover: string;
  accentWash: string;
  onAccent: string;
  danger: string;
  dangerWash: string;
  good: string;
  goodWash: string;
  warn: string;
  warnWash: string;
  info: string;
  infoWash: string;
  series: string[];
}

export const palettes: Record<Mode, Palette> = {
  light: {
    ground: '#F7F4EE',
    paper: '#FFFDF9',
    raised: '#FFFFFF',
    ink: '#211E1A',
    ink2: '#59534B',
    ink3: '#706960',
    line: '#DED8CC',
    lineSoft: '#ECE7DD',
    wash: '#F3EFE7',
    accent: '#BC4217',
    accentHover: '#A63A13',
    accentWash: '#FBEBE2',
    onAccent: '#FFFDF9',
    danger: '#A3103F',
    dangerWash: '#FAEAEF',
    good: '#2C6E49',
    goodWash: '#EAF3EC',
    warn: '#8A5E00',
    warnWash: '#FBF2DC',
    info: '#34607F',
    infoWash: '#EBF1F5',
    series: ['#BC4217', '#34607F', '#B58A1B', '#2F7F77', '#7B4A86', '#8A8175', '#5B7F2B', '#9A5B3C'],
  },
  dark: {
    ground: '#161412',
    paper: '#1E1B18',
    raised: '#272320',
    ink: '#EEE8DE',
    ink2: '#BDB5A9',
    ink3: '#978F83',
    line: '#3D3832',
    lineSoft: '#2D2925',
    wash: '#26221F',
    accent: '#EC7A4C',
    accentHover: '#F4946B',
    accentWash: '#3A241A',
    onAccent: '#1C0F08',
    danger: '#F2759A',
    dangerWash: '#38202A',
    good: '#74BE93',
    goodWash: '#1E2F25',
    warn: '#DDB04E',
    warnWash: '#332A16',
    info: '#8DB7D6',
    infoWash: '#1E2A33',
    series: ['#EC7A4C', '#8DB7D6', '#DDB95A', '#6FC0B6', '#C095CB', '#A9A094', '#A5C76F', '#D39A78'],
  },
};

export const FONT =
  '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", -apple-system, "Segoe UI", Roboto, sans-serif';
const LATIN_FIRST = `-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, ${FONT}`;

/** Ant Design's tokens of a mode. */
export function themeOf(mode: Mode): ThemeConfig {
  const c = palettes[mode];
  return {
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      fontFamily: LATIN_FIRST,
      fontSize: 14,
      sizeUnit: 4,
      sizeStep: 4,
      controlHeight: 32,
      borderRadius: 4,
      fontWeightStrong: 500,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.16s',
      colorPrimary: c.accent,
      colorInfo: c.info,
      colorSuccess: c.good,
      colorWarning: c.warn,
      colorError: c.danger,
      colorSuccessBg: c.goodWash,
      colorSuccessBorder: c.line,
      colorWarningBg: c.warnWash,
      colorWarningBorder: c.line,
      colorErrorBg: c.dangerWash,
      colorErrorBorder: c.line,
      colorInfoBg: c.infoWash,
      colorInfoBorder: c.line,
      colorPrimaryHover: c.accentHover,
      colorLink: c.ink,
      colorLinkHover: c.accent,
      colorLinkActive: c.accentHover,
      colorTextBase: c.ink,
      colorBgBase: c.paper,
      colorText: c.ink,
      colorTextSecondary: c.ink2,
      colorTextTertiary: c.ink3,
      colorTextDescription: c.ink3,
      colorTextPlaceholder: c.ink3,
      colorTextHeading: c.ink,
      colorBgLayout: c.ground,
      colorBgContainer: c.paper,
      colorBgElevated: c.raised,
      colorBorder: c.line,
      colorBorderSecondary: c.lineSoft,
      colorSplit: c.lineSoft,
      colorFillAlter: c.wash,
      colorPrimaryBg: c.accentWash,
      colorPrimaryBgHover: c.accentWash,
      controlItemBgActive: c.accentWash,
      controlItemBgActiveHover: c.accentWash,
      controlOutlineWidth: 2,
      boxShadow: '0 1px 2px rgba(33,30,26,.06), 0 8px 24px rgba(33,30,26,.12)',
      boxShadowSecondary: '0 1px 2px rgba(33,30,26,.06), 0 8px 24px rgba(33,30,26,.14)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', primaryColor: c.onAccent, fontWeight: 400 },
      Table: {
        cellPaddingBlock: 5,
        cellPaddingInline: 12,
        cellPaddingBlockMD: 5,
        cellPaddingBlockSM: 4,
        cellFontSize: 14,
        headerBg: c.paper,
        headerColor: c.ink2,
        headerSplitColor: 'transparent',
        headerSortActiveBg: c.paper,
        headerSortHoverBg: c.wash,
        bodySortBg: 'transparent',
        rowHoverBg: c.wash,
        rowSelectedBg: c.accentWash,
        rowSelectedHoverBg: c.accentWash,
        borderColor: c.lineSoft,
        headerBorderRadius: 0,
      },
      Tabs: { itemColor: c.ink2, itemSelectedColor: c.ink, itemHoverColor: c.ink, horizontalItemPadding: '8px 0', titleFontSize: 14 },
      Menu: {
        itemBg: 'transparent',
        itemHeight: 36,
        itemSelectedBg: c.accentWash,
        itemSelectedColor: c.accent,
        itemColor: c.ink2,
        itemHoverBg: c.wash,
        activeBarBorderWidth: 0,
        itemBorderRadius: 4,
      },
      Layout: { siderBg: c.ground, headerBg: c.ground, bodyBg: c.ground },
      Segmented: { trackBg: c.wash, itemSelectedBg: c.paper },
      Tag: { defaultBg: c.wash, defaultColor: c.ink2 },
      Tooltip: { colorBgSpotlight: mode === 'dark' ? '#3A352F' : '#2B2722' },
      Steps: { colorPrimary: c.accent },
      Card: { headerHeight: 40, bodyPadding: 16 },
      Drawer: { colorBgElevated: c.paper },
      Modal: { contentBg: c.paper, headerBg: c.paper },
      Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      Descriptions: { itemPaddingBottom: 6 },
    },
  };
}

/** The palette as CSS variables on the root element, for own styles and charts. */
export function applyPalette(mode: Mode): void {
  const root = document.documentElement;
  const c = palettes[mode];
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(c)) {
    if (typeof value === 'string') root.style.setProperty(`--ht-${name}`, value);
  }
}

/** The mode of a person's setting. */
export function modeOf(setting: 'light' | 'dark' | 'auto', systemIsDark: boolean): Mode {
  return setting === 'auto' ? (systemIsDark ? 'dark' : 'light') : setting;
}
