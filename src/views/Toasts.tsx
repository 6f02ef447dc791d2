/** Short notices at the bottom of the window. One that comes before this file does is shown once it is there. */
import { Notifications } from '@mantine/notifications';

export function Toasts() {
  return <Notifications position="bottom-center" limit={3} />;
}
