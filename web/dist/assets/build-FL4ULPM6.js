import{g as u}from"./chunk-D7T4XN55.js";function d(){return u("h1",{children:"build"})}export{d as default};
