// New report: the place on the map, and a hint when a matter goes straight to the district.
import { bindPlaces } from "../core/place.js";

bindPlaces(document);
