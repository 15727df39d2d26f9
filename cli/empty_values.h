// Options that were given without a value. A variable of CI that is not set must not be taken for an option that was
// left out: a base that nobody named is another than the one that was meant. It does not know what options are for.
#pragma once

namespace CLI {
class App;
}

namespace sluice::cli {

// Throws Error{usage} for the first option of the command that is called whose value is empty.
void refuse_empty_values(const CLI::App& app);

} // namespace sluice::cli
