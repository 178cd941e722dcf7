import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Big libraries that many screens share, kept apart so that a release of ours does not re-download them. */
const VENDORS: [chunk: string, test: RegExp][] = [
  ['charts', /node_modules[\\/](echarts|zrender)[\\/]/],
  ['react', /node_modules[\\/](react|react-dom|scheduler|react-router|@tanstack|i18next|react-i18next)[\\/]/],
];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../src/huitou/web/static',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1300,
    modulePreload: { polyfill: false },
    // The content security policy allows no data: scripts, and fonts and images stay files.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: VENDORS.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  server: { proxy: { '/api': process.env.HUITOU_URL ?? 'http://127.0.0.1:8000' } },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
