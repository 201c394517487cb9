// Nobody is signed in here any more: what was begun and not sent by who was is not for whoever comes next.
import { isKept } from "./late.js";
import "./report/queue.js";

isKept().then((is) => is && self.lianqinQueue.forgetOthers()).catch(() => {});
