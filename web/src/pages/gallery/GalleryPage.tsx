import { useParams } from '@tanstack/react-router';
import { Notice } from '../../app/Notice';
import { states } from './states';
import classes from './GalleryPage.module.css';

/** Every state of every screen under its own address: /mau-man-hinh/<name>. For builders only. */
export function GalleryPage() {
  const { _splat: name = '' } = useParams({ strict: false });
  const State = states[name];
  if (State)
    return (
      <div data-testid="state" className={classes.state}>
        <State />
      </div>
    );
  if (name !== '') return <Notice title={name} />;
  return (
    <main className={classes.page}>
      <h1>Gallery</h1>
      <ul>
        {Object.keys(states).map((each) => (
          <li key={each}>
            <a href={`/mau-man-hinh/${each}`}>{each}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
