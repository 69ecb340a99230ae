import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import 'dayjs/locale/vi';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { call, onBridgeTime, onPagesVersion } from './api/call';
import { reloadForGoneParts } from './app/chunk-error';
import { queries } from './app/queries';
import { router } from './app/router';
import { theme } from './app/theme';
import { upgrade } from './app/upgrade';
import { UpgradeNote } from './app/UpgradeNote';
import { bridgeClock } from './conduct/clock';
import { startTexts } from './i18n';

/** The nonce that the bridge put into this page; Mantine's style elements carry it. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

async function start(): Promise<void> {
  reloadForGoneParts(window, upgrade);
  onBridgeTime(bridgeClock.hear);
  bridgeClock.onDoubt(() => void call('/healthz').catch(() => undefined));
  onPagesVersion(upgrade.hear);
  await startTexts();
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <MantineProvider theme={theme} forceColorScheme="light" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <UpgradeNote />
        <Notifications position="top-center" limit={3} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

void start();
