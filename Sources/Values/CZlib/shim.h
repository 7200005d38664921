#pragma once

// What reads files that gzip wrote.
#include <zlib.h>
