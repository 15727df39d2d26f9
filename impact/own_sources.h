// Which source is a program's own: what its tests are written in, as far as the build can tell. A pure function from
// facts; it does not know what the source says.
#pragma once

#include "model/catalogue.h"
#include "model/facts.h"

namespace sluice::impact {

// Sets Program::own_source of each program: the one file of the tree from which compiling and linking lead to this
// program and nowhere else. Where there are several (a test that compiles what it tests) nobody can say which is the
// test; headers never count, since a library may be nothing but headers.
void add_own_sources(const Facts& facts, Catalogue& catalogue);

} // namespace sluice::impact
