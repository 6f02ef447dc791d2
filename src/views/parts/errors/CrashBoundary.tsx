import { Component, type ReactNode } from 'react';
import { CheckpointError } from '../../../lib/errors';
import { ErrorBanner } from './ErrorBanner';

/** Keeps a bug in one part of the screen from taking the rest away, and says so. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crash: unknown }> {
  override state: { crash: unknown } = { crash: null };

  static getDerivedStateFromError(crash: unknown) {
    return { crash };
  }

  override render() {
    const { crash } = this.state;
    if (crash === null) return this.props.children;
    const cause = crash instanceof Error ? crash : new Error(String(crash));
    const error = new CheckpointError('internal', `This part of the screen stopped: ${cause.message}.`, {
      advice: 'Your file is untouched; save the recipe and reload the page.',
    });
    if (cause.stack !== undefined) error.stack = cause.stack;
    return <ErrorBanner error={error} onDismiss={() => this.setState({ crash: null })} />;
  }
}
