#pragma once
// Nothing to call: the library is preloaded into a process whose time of day a test wants to set (TestKit's
// JumpingClock).
