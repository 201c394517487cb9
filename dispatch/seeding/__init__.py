"""What a demonstration shows of command: each part writes its own, and repeating it writes nothing."""
