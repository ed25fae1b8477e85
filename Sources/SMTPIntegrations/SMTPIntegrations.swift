// The module is empty unless a trait of the package is on: `Logging`, `Metrics`, `Tracing`, `ServiceLifecycle`.
// Nothing in it changes what the library does; see Docs/Observability.md.
