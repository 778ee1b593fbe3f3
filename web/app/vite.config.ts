import { defineConfig } from "vite";

// The page lives at the server's root and may load nothing from anywhere else: no inlined data, no polyfill that
// injects a script, names that carry a hash of the content so that the server can cache assets for ever.
export default defineConfig({
  base: "/",
  build: {
    target: "es2022",
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1", proxy: { "/v1": "http://127.0.0.1:8080", "/tiles": "http://127.0.0.1:8080" } },
});
