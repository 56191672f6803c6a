/** The addresses of the simulated world. */
export const focusHost = '10.0.0.9';
export const domain = 'rejoin.test';
export const factoryUser = 'conference-factory';

export function edgeHost(place: number): string {
  return `10.0.1.${place}`;
}

export function deviceHost(number: number): string {
  return `10.0.2.${number}`;
}
