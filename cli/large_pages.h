// Memory for a command that keeps a record of every test: asked of the kernel in large pages, and kept until the end.
// Of a run of ten thousand tests a tenth of the time went into taking memory page by page. Only a wish: where the
// kernel has no large pages, or another allocator is at work, nothing changes.
#pragma once

namespace sluice::cli {

void take_memory_in_large_pages();

} // namespace sluice::cli
