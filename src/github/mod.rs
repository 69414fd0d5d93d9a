//! The post office: the only room that speaks to the network, and the only asynchronous one. It
//! carries text to and from GitHub and knows nothing of benchmarks.
