import type { ReactNode } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly fill?: boolean;
  readonly id?: string;
  /** Nothing in it takes the keyboard, so that scrolling it must. */
  readonly readOnly?: boolean;
}

/** A sheet of paper with a heading. */
export function Panel({ title, aside, children, fill = false, readOnly = false, id }: PanelProps) {
  return (
    <section className={classes.panel} data-fill={fill || undefined} aria-label={title} id={id}>
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </header>
      {/* A region that scrolls is reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.body} {...(readOnly ? { tabIndex: 0, role: 'group', 'aria-label': title } : {})}>
        {children}
      </div>
    </section>
  );
}
