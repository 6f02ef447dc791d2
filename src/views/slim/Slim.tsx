import { useStudio } from '../../state/store';
import { Later } from '../parts/later/Later';
import { later } from '../parts/later/laterPart';

const region = later(() => import('./SlimRegion').then(({ SlimRegion }) => SlimRegion));

/** Where there is a graph, or could be one. */
export function Slim() {
  const isWanted = useStudio(({ checkpoint }) => checkpoint !== null);
  return isWanted && <Later part={region} with={{}} />;
}
