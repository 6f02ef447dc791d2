/** The checkpoints that come with the studio, listed in public/samples/samples.json. */
import { useEffect, useState } from 'react';
import { useStudio } from '../../state/store';

export interface Sample {
  readonly file: string;
  readonly title: string;
  readonly bytes: number;
  readonly description: string;
  /** Labelled inputs that come with it. */
  readonly testSet?: string;
  /** Inputs that repairs of it are fitted to. */
  readonly calibrationSet?: string;
  /** The ONNX graph of the same weights, where the sample is none itself. */
  readonly graph?: string;
}

/** Empty until the list is there, and where there is none: the samples are an offer, not a need. */
export function useSamples(): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    fetch(`${import.meta.env.BASE_URL}samples/samples.json`, { signal: controller.signal })
      .then((response) => response.json())
      .then(setSamples, () => {});
    return () => controller.abort();
  }, []);
  return samples;
}

/** The sample that is open; recognised by name and size. */
export function useOpenSample(): Sample | undefined {
  const samples = useSamples();
  const checkpoint = useStudio((state) => state.checkpoint);
  return samples.find(({ file, bytes }) => file === checkpoint?.fileName && bytes === checkpoint.size);
}
