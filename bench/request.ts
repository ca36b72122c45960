/** A request that needs one approval, by a code owner of payments. */
export const requestText = `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: debug-pod
  parameters:
    app: payments-api
  duration: 1h
  reason: Checkout latency
`;
