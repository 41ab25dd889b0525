import Platform
import Runtime

// Measures the parts and, over its network interface, a running server:
//
//   Benchmarks parts
//   Benchmarks crypto
//   Benchmarks tls
//   Benchmarks log --directory DIR [--seconds N]
//   Benchmarks http --url URL --key KEY --secret SECRET --mode get|create [--connections N] [--seconds N]
//                   [--rate N]
//   Benchmarks payments --directory DIR [--callers N] [--seconds N]
//   Benchmarks recovery --directory DIR
//   Benchmarks storage commit --directory DIR [--clients N] [--seconds N]
//   Benchmarks storage ingest --directory DIR [--records N] [--first N] [--clients N] [--batch N]
//                            [--order none]
//   Benchmarks storage read --directory DIR [--pairs N] [--value-bytes N] [--cache-kibibytes N] [--seconds N]
//   Benchmarks storage pages --directory DIR [--records N]
//   Benchmarks storage open --directory DIR
//   Benchmarks billing advance --directory DIR [--subscriptions N] [--days N]
//   Benchmarks billing size --directory DIR [--subscriptions N] [--rate N] [--seconds N]
//
// Every figure is one JSON object a line, so that a script can set it beside a peer's from the same run.
LinuxPlatform.runMain { doors in
    await Runner(arguments: HostProcess.arguments, doors: doors).run()
}
