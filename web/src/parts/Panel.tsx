import type { ReactNode } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly fill?: boolean;
  readonly id?: string;
}

/** A sheet of paper with a heading. */
export function Panel({ title, aside, children, fill = false, id }: PanelProps) {
  return (
    <section className={classes.panel} data-fill={fill || undefined} aria-label={title} id={id}>
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </header>
      <div className={classes.body}>{children}</div>
    </section>
  );
}
