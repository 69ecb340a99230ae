import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
import '@mantine/core/styles.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { Entrance } from './app/entrance';
import { Router } from './app/route';
import { theme } from './app/theme';
import { startTexts } from './i18n';

/** The nonce that the bridge put into this page; Mantine's style elements carry it. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

async function start(): Promise<void> {
  await startTexts();
  const root = document.getElementById('root');
  if (!root) return;
  const router = new Router(window);
  const entrance = new Entrance(router);
  void entrance.open();
  createRoot(root).render(
    <MantineProvider theme={theme} forceColorScheme="light" getStyleNonce={styleNonce}>
      <App router={router} entrance={entrance} />
    </MantineProvider>,
  );
}

void start();
