import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../app/Notice';
import { comeBackHere } from '../../office/after-sign-in';
import { useBoards } from '../home/boards';

/** Somebody at his own machine wants into a room: that is a paired machine's, but his boards are open to him. */
export function Unpaired({ room, title }: { readonly room: string; readonly title: string }) {
  const { t } = useTranslation();
  const boards = useBoards(room);
  return (
    <Notice title={t('pairing.needed')} text={t('pairing.neededText', { title })}>
      <Button component={Link} to="/ghep-may" size="lg" onClick={comeBackHere}>
        {t('pairing.enter')}
      </Button>
      {boards.map(({ right, path }) => (
        <Button key={right} component="a" href={path} size="lg" variant="default">
          {t(`board.${right}`)}
        </Button>
      ))}
      <Button component={Link} to="/trang-chu" size="lg" variant="default">
        {t('home.title')}
      </Button>
    </Notice>
  );
}
