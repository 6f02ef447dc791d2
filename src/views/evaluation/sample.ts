/** What comes with a sample beside its weights: labelled inputs, and the graph of weights that have none. */
import { useStudio } from '../../state/store';
import { type Sample, useSamples } from '../parts/samples';

/** The sample that is open; recognised by name and size. */
export function useOpenSample(): Sample | undefined {
  const samples = useSamples();
  const checkpoint = useStudio((state) => state.checkpoint);
  return samples.find(({ file, bytes }) => file === checkpoint?.fileName && bytes === checkpoint.size);
}
