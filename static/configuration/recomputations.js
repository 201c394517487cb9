// While open orders are recomputed, look again every few seconds.
setTimeout(() => window.location.reload(), 3000);
